"use strict";

/* Looks numbers up and adds whole pounds. It holds no model and no sentence: every number is the engine's own, packed when the page was
   built, and the words are the page's. */

const MINUS = "\u2212";

function by(id) { return document.getElementById(id); }

/* ---- Numbers as the rest of the pack writes them */

function grouped(whole) { return String(whole).replace(/\B(?=(\d{3})+$)/g, ","); }

function children(count) { return (count < 0 ? MINUS : "") + grouped(Math.abs(count)); }

function tenths(pounds) { return Math.floor((Math.abs(pounds) + 50000) / 100000); }

function signed(pounds, unit) {
  const all = tenths(pounds), text = grouped(Math.floor(all / 10)) + "." + all % 10;
  return (pounds < 0 && all > 0 ? MINUS : "") + (unit ? "\u00A3" + text + "m" : text);
}

function millions(pounds) { return signed(pounds, false); }

function poundsM(pounds) { return signed(pounds, true); }

/* ---- Unpacking: bytes to whole numbers, then neighbours added up along each axis that was packed as differences */

async function inflated(text) {
  const bytes = Uint8Array.from(atob(text), letter => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

function unpacked(bytes, shape, channels) {
  const count = shape.reduce((product, stops) => product * stops, 1);
  const needed = channels.reduce((sum, [places]) => sum + places * count, 0);
  if (bytes.length !== needed) throw new Error("the packed numbers are not whole");
  let at = 0;
  return channels.map(([places, axes]) => {
    const values = new Int32Array(count);
    for (let place = 0; place < places; place++) {
      for (let cell = 0; cell < count; cell++) values[cell] |= bytes[at++] << (8 * place);
    }
    for (let cell = 0; cell < count; cell++) values[cell] = (values[cell] >>> 1) ^ -(values[cell] & 1);
    for (const axis of axes) addUp(values, shape, axis);
    return values;
  });
}

function addUp(values, shape, axis) {
  const step = shape.slice(axis + 1).reduce((product, stops) => product * stops, 1), block = step * shape[axis];
  for (let first = 0; first < values.length; first += block) {
    for (let cell = first + step; cell < first + block; cell++) values[cell] += values[cell - step];
  }
}

/* ---- One setting */

function looker(said, channels) {
  const years = said.gapBefore[0].length;
  const cellOf = place => place.reduce((sum, stop, axis) => sum * said.shape[axis] + stop, 0);
  const plans = place => channels.slice(years).map(values => values[cellOf(place)]);
  return at => {
    const place = said.order.map(name => at[name]);
    const identified = channels.slice(0, years).map(values => values[cellOf(place)]);
    const inTrain = said.inTrain[at.in_train], gapBefore = said.gapBefore[place[0]];
    const found = identified.map((amount, year) => amount + inTrain[year]);
    const gapLeft = gapBefore.map((amount, year) => amount - found[year]);
    const deficit = said.broughtForward.map((opening, index) => {
      let sum = opening;
      return gapLeft.map((amount, year) => (sum += amount * said.kept[index][year]));
    });
    const nothing = [place[0], ...said.nothing.slice(1)];
    const short = said.targets.map(target => target.pounds[years - 1] - found[years - 1]);
    return { identified, inTrain, found, gapBefore, gapLeft, deficit, short, plans: plans(place), plansBefore: plans(nothing) };
  };
}

/* ---- In the words of the page */

function filled(words, values) { return words.replace(/\{(\w+)\}/g, (_, name) => values[name]); }

function standing(short) {
  const shows = tenths(short) > 0;
  if (short <= 0) return shows ? "beyond" : "met";
  return shows ? "short" : "just short";
}

function against(words, name, short) { return filled(words[standing(short)], { name, amount: poundsM(Math.abs(short)) }); }

function answer(said, shown) {
  const where = said.targets.map((target, index) => against(said.words.against, target.name, shown.short[index])).join(", ");
  return filled(said.words.answer, { found: poundsM(shown.found.at(-1)), where });
}

function parts(said, shown) {
  return filled(said.words.parts, { identified: poundsM(shown.identified.at(-1)), in_train: poundsM(shown.inTrain.at(-1)) });
}

function savingCells(said, shown) {
  const yearly = said.targets.filter(target => target.pounds.every(amount => amount !== null));
  const toFind = yearly.flatMap(({ pounds }) => [pounds, pounds.map((amount, year) => amount - shown.found[year])]);
  return [shown.identified, shown.inTrain, shown.found, ...toFind, shown.gapBefore, shown.gapLeft].flat().map(millions);
}

function mixCells(shown) {
  return shown.plans.flatMap((after, index) => {
    const before = shown.plansBefore[index];
    return [before, after, after - before].map(children);
  });
}

function scenarioFile(said, at) {
  const file = said.file;
  const levers = file.levers.map(lever => {
    const start = at.late > 0 ? `, start: ${lever.start[at.late]}` : "";
    return `  ${lever.name}: {intensity: ${lever.intensity[at[lever.name]]}${start}}`;
  });
  return [`extends: ${file.extends}`, "title: As in the explorer", `in_train: ${file.inTrain[at.in_train]}`, "levers:", ...levers, ""].join("\n");
}

function stressFile(said, at) {
  const figures = Object.entries(said.file.newPlans[at.new_plans]);
  return [
    "title: New plans as in the explorer",
    "question: What if as many new plans come as in the explorer?",
    "note: A stop of the explorer.",
    "source: judgement",
    "supposing:",
    ...figures.map(([name, value]) => `  ${name}: {value: ${value}}`),
    "",
  ].join("\n");
}

/* ---- On the page */

function say(id, text) {
  if (by(id).textContent !== text) by(id).textContent = text;
}

function fill(id, cells) {
  by(id).querySelectorAll("td").forEach((cell, index) => { cell.textContent = cells[index]; });
}

function drawBar(said, shown) {
  const bar = by("bar"), width = pounds => (bar.viewBox.baseVal.width * Math.max(pounds, 0) / bar.dataset.full).toFixed(1);
  bar.setAttribute("aria-label", answer(said, shown));
  by("bar-found").setAttribute("width", width(shown.found.at(-1)));
  by("bar-in-train").setAttribute("width", width(shown.inTrain.at(-1)));
}

function show(said, shown, at) {
  say("answer", answer(said, shown));
  say("parts", parts(said, shown));
  drawBar(said, shown);
  document.querySelectorAll("#cards .verdict").forEach((card, index) => { card.textContent = against(said.words.verdict, "", shown.short[index]); });
  fill("saving", savingCells(said, shown));
  fill("mix", mixCells(shown));
  fill("deficit", shown.deficit.flat().map(millions));
  say("scenario-file", scenarioFile(said, at));
  say("stress-file", stressFile(said, at));
  by("stress").hidden = at.new_plans === said.nothing[0];
}

function sliders() { return [...document.querySelectorAll("#controls input[type=range]")]; }

function told(slider) {
  const text = slider.list.options[slider.valueAsNumber].dataset.says;
  slider.setAttribute("aria-valuetext", text);
  by(`${slider.id}-is`).textContent = text;
}

function moved(said, look) {
  const at = Object.fromEntries(sliders().map(slider => [slider.name, slider.valueAsNumber]));
  sliders().forEach(told);
  document.querySelectorAll("#starts button").forEach((button, index) => {
    const there = Object.entries(said.starts[index]).every(([name, stop]) => at[name] === stop);
    button.setAttribute("aria-pressed", String(there));
  });
  show(said, look(at), at);
}

function startFrom(said, look, start) {
  sliders().forEach(slider => { slider.valueAsNumber = start[slider.name]; });
  moved(said, look);
}

async function begin() {
  const said = { ...JSON.parse(by("about").textContent), words: JSON.parse(by("words").textContent) };
  const look = looker(said, unpacked(await inflated(by("packed").textContent.trim()), said.shape, said.channels));
  sliders().forEach(slider => slider.addEventListener("input", () => moved(said, look)));
  document.querySelectorAll("#starts button").forEach((button, index) => {
    button.addEventListener("click", () => startFrom(said, look, said.starts[index]));
  });
  by("controls").hidden = false;
  by("again").hidden = false;
  moved(said, look);
}

begin().catch(() => { by("no-sliders").hidden = false; });
