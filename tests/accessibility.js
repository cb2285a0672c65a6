// What axe lets pass. Each check looks at the page it is run in and gives its faults, a line for each; none is good.
(() => {
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const words = (element) => element.textContent.replace(/\s+/g, " ").trim();
  const shown = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  const brief = (element) => `<${element.tagName.toLowerCase()}> ${words(element).slice(0, 60)}`;

  // Colours: red, green, blue and how opaque, as the browser computes them
  const read = (colour) => {
    const [red, green, blue, opaque = 1] = colour.match(/[\d.]+/g).map(Number);
    return { rgb: [red, green, blue], opaque };
  };
  const over = (rgb, ground, opaque) => rgb.map((part, place) => part * opaque + ground[place] * (1 - opaque));
  const light = (rgb) => {
    const [red, green, blue] = rgb.map((part) => part / 255).map((part) =>
      part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const contrast = (one, other) => {
    const [dark, bright] = [light(one), light(other)].sort((a, b) => a - b);
    return (bright + 0.05) / (dark + 0.05);
  };
  const WHITE = [255, 255, 255];

  const groundOf = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const { rgb, opaque } = read(getComputedStyle(at).backgroundColor);
      if (opaque > 0) return rgb;
    }
    return matchMedia("(forced-colors: active) and (prefers-color-scheme: dark)").matches ? [0, 0, 0] : WHITE;
  };

  const texts = () => {
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const found = [];
    while (walk.nextNode()) {
      const parent = walk.currentNode.parentElement;
      if (walk.currentNode.data.trim() && !parent.closest("script, style, title, desc") && shown(parent)) found.push(walk.currentNode);
    }
    return found;
  };

  // The pictures, each drawn into the page one at a time so that its shapes can be measured
  const decoded = (image) => new TextDecoder().decode(Uint8Array.from(atob(image.src.split(",")[1]), (c) => c.charCodeAt(0)));
  const drawings = () => [
    ...all("svg").filter(shown).map((svg) => [svg, (look) => look(svg)]),
    ...all('img[src^="data:image/svg+xml;base64,"]').map((image) => [image, (look) => {
      const room = document.createElement("div");
      room.innerHTML = decoded(image).replace(/^[^]*?(?=<svg)/, "");
      document.body.append(room);
      try { return look(room.querySelector("svg")); } finally { room.remove(); }
    }]),
  ];
  const nameOf = (picture) => {
    const by = picture.getAttribute("aria-labelledby");
    return (by ? by.split(/\s+/).map((id) => document.getElementById(id)?.textContent ?? "").join(" ")
      : picture.getAttribute("alt") ?? picture.getAttribute("aria-label") ?? "").trim();
  };

  const shapesOf = (svg) => all("path, rect, circle, ellipse, polygon", svg)
    .filter((shape) => !shape.closest("defs, clipPath, pattern"))
    .map((shape) => {
      const style = getComputedStyle(shape);
      if (style.fill === "none") return null;
      const hatched = style.fill.startsWith("url(");
      const inked = style.stroke !== "none" && parseFloat(style.strokeWidth) > 0 && read(style.stroke).opaque > 0;
      const opaque = style.fillOpacity * style.opacity;
      return {
        hatched,
        fill: hatched ? null : over(read(style.fill).rgb, WHITE, opaque * read(style.fill).opaque),
        stroke: inked && !style.stroke.startsWith("url(") ? over(read(style.stroke).rgb, WHITE, style.strokeOpacity * style.opacity) : null,
        box: shape.getBoundingClientRect(),
        within: shape.closest("g[id^='text']") !== null,  // the ground that a label stands on
      };
    })
    .filter((shape) => shape && !shape.within && shape.box.width * shape.box.height >= 16);
  const solid = (shape) => shape.fill && contrast(shape.fill, WHITE) >= 1.3;  // paler is a wash, bounded by a line or by words
  const touch = (a, b) => a.left < b.right + 1 && b.left < a.right + 1 && a.top < b.bottom + 1 && b.top < a.bottom + 1;
  const parts = (a, b) => [a.stroke, b.stroke].some((line) => line && contrast(line, a.fill) >= 3 && contrast(line, b.fill) >= 3);
  const named = (rgb) => `rgb(${rgb.map(Math.round).join(", ")})`;

  return {
    one_first_heading: () => {
      const found = all("h1").filter(shown);
      return found.length === 1 ? [] : [`${found.length} first-level headings`];
    },

    headings_step_down_by_one: () => {
      const found = all("h1, h2, h3, h4, h5, h6").filter(shown);
      const level = (heading) => (heading ? Number(heading.tagName[1]) : 0);
      return found.filter((heading, place) => level(heading) > level(found[place - 1]) + 1 || !words(heading)).map(brief);
    },

    tables_can_be_read_aloud: () => all("table").filter(shown).flatMap((table) => {
      const rows = [...table.rows];
      const heads = rows.filter((row) => row.closest("thead"));
      const cells = rows.flatMap((row) => [...row.cells]);
      const faults = [];
      if (!table.caption || !words(table.caption)) faults.push("no caption");
      if (heads.length !== 1 || [...heads[0].cells].some((cell) => cell.scope !== "col")) faults.push("not one header row, each cell of scope col");
      if (rows.some((row) => !row.closest("thead") && row.cells[0]?.scope !== "row")) faults.push("a row without a heading of scope row");
      if (cells.some((cell) => cell.tagName === "TH" && !["col", "row"].includes(cell.scope))) faults.push("a heading without scope");
      if (cells.some((cell) => cell.colSpan > 1 || cell.rowSpan > 1)) faults.push("merged cells");
      if (cells.some((cell) => !words(cell) && !cell.querySelector("input, img[alt], svg[role=img], [aria-label]"))) faults.push("an empty cell");
      if (new Set(rows.map((row) => row.cells.length)).size > 1) faults.push("rows of different lengths");
      return faults.map((fault) => `${words(table.caption ?? table).slice(0, 60)}: ${fault}`);
    }),

    pictures_say_their_finding: () => [
      ...all("img, svg").filter((picture) => shown(picture) && !picture.closest("[aria-hidden=true]")).flatMap((picture) => {
        const said = nameOf(picture);
        const drawn = picture.tagName === "IMG" ? (picture.src.startsWith("data:image/svg+xml;base64,") ? decoded(picture) : "0") : words(picture);
        const faults = [];
        if (picture.tagName !== "IMG" && picture.getAttribute("role") !== "img") faults.push("a drawing without role=img");
        if (said.length < 30) faults.push("too short to be a finding");
        if (/^(\w+ ){0,3}(charts?|graphs?|images?|pictures?|figures?|diagrams?|plots?|drawings?|maps?) (of|showing|that)\b/i.test(said)) faults.push("says what it is, not what it shows");
        if (/\d/.test(drawn.replace(/<[^>]*>/g, "")) && !/\d/.test(said)) faults.push("numbers in the picture, none in words");
        return faults.map((fault) => `“${said.slice(0, 60)}”: ${fault}`);
      }),
    ],

    ids_are_unique: () => {
      const ids = all("[id]").map((element) => element.id);
      return [...new Set(ids.filter((id, place) => ids.indexOf(id) !== place))];
    },

    links_within_lead_somewhere: () => all('a[href^="#"]')
      .filter((link) => !document.getElementById(decodeURIComponent(link.hash.slice(1)))).map(brief),

    links_are_underlined: () => all("a[href]").filter((link) => shown(link) && words(link)
      && !getComputedStyle(link).textDecorationLine.includes("underline")).map(brief),

    what_scrolls_can_be_reached_and_has_a_name: () => all("body *").filter((element) => {
      const style = getComputedStyle(element);
      const scrolls = ["auto", "scroll"].includes(style.overflowX) && element.scrollWidth > element.clientWidth;
      const name = element.getAttribute("aria-label") || nameOf(element);
      return scrolls && shown(element) && (element.tabIndex !== 0 || !element.getAttribute("role") || !name);
    }).map(brief),

    a_status_is_a_word_and_a_symbol: () => [
      ...all(".status").filter((status) => !/^[^\p{L}\p{N}\s]\s*\p{L}{2,}/u.test(words(status))),
      ...all("td, th, li, p, span").filter((element) => /^(red|amber|green)$/i.test(words(element))),
      ...all("td, th, li, p, span").filter((element) => /^[\p{So}✓✗●▲■◆▼✔✘]+$/u.test(words(element))
        && element.getAttribute("aria-hidden") !== "true"),
    ].map(brief),

    the_keyboard_follows_the_page: () => all("body, body *").filter((element) => {
      const style = getComputedStyle(element);
      return element.tabIndex > 0 || style.order !== "0" || /reverse/.test(style.flexDirection + style.flexWrap);
    }).map(brief),

    the_policy_lets_nothing_in: () => {
      const policy = document.querySelector('head > meta[http-equiv="Content-Security-Policy"]')?.content ?? "";
      const open = /https?:|\*|unsafe-eval|(script|default)-src [^;]*(unsafe-inline|data:|file:|blob:)/.test(policy);
      return /(^|;)\s*default-src 'none'/.test(policy) && !open ? [] : [policy || "no policy"];
    },

    nothing_runs_off_the_page: () => {
      const width = document.documentElement.clientWidth;
      const faults = document.documentElement.scrollWidth > width ? [`the page is ${document.documentElement.scrollWidth} wide in ${width}`] : [];
      for (const text of texts()) {
        const range = document.createRange();
        range.selectNodeContents(text);
        for (const box of range.getClientRects()) {
          if (!box.width || box.right <= 0) continue;  // the link that skips waits out of sight
          let [right, bottom, scrolls, hidden] = [width, Infinity, false, false];
          for (let at = text.parentElement; at && at !== document.body && !scrolls; at = at.parentElement) {
            const { overflowX, overflowY } = getComputedStyle(at);
            const edge = at.getBoundingClientRect();
            scrolls = [overflowX, overflowY].some((kind) => ["auto", "scroll"].includes(kind));
            hidden ||= edge.width <= 1 || edge.height <= 1;  // for a screen reader alone
            if (["hidden", "clip"].includes(overflowX)) right = Math.min(right, edge.right);
            if (["hidden", "clip"].includes(overflowY)) bottom = Math.min(bottom, edge.bottom);
          }
          const off = (!scrolls && box.right > right + 1) || box.bottom > bottom + 1 || box.left < -1 && !scrolls;
          if (off && !hidden) { faults.push(`cut off: ${text.data.trim().slice(0, 60)}`); break; }
        }
      }
      return faults;
    },

    text_stands_out_from_its_ground: () => texts().filter((text) => {
      const element = text.parentElement;
      const style = getComputedStyle(element);
      const { rgb, opaque } = read(element.closest("svg") ? style.fill : style.color);
      const ground = groundOf(element);
      return contrast(over(rgb, ground, opaque), ground) < 4.5;
    }).map((text) => text.data.trim().slice(0, 60)),

    pictures_bring_their_own_ground: () => all("img, svg").filter((picture) => {
      const style = getComputedStyle(picture);
      return shown(picture) && !(style.forcedColorAdjust === "none" && read(style.backgroundColor).opaque === 1);
    }).map((picture) => nameOf(picture).slice(0, 60)),

    neighbouring_fills_can_be_told_apart: () => drawings().flatMap(([picture, draw]) => draw((svg) => {
      const shapes = shapesOf(svg).filter(solid);
      const faults = new Set();
      shapes.forEach((one, place) => {
        if (contrast(one.fill, WHITE) < 3 && !(one.stroke && contrast(one.stroke, WHITE) >= 3))
          faults.add(`${named(one.fill)} on white, and no line round it`);
        for (const other of shapes.slice(place + 1)) {
          const same = contrast(one.fill, other.fill) < 1.05;
          if (!same && touch(one.box, other.box) && contrast(one.fill, other.fill) < 3 && !parts(one, other))
            faults.add(`${named(one.fill)} beside ${named(other.fill)}`);
        }
      });
      return [...faults].map((fault) => `“${nameOf(picture).slice(0, 60)}”: ${fault}`);
    })),
  };
})()
