"""The verdict of the back-test, as the committee's paper still shows it."""

from best_model.faces.numbers import children
from best_model.fitted.backtest import BackTest
from best_model.outputs.fragment import Fragment, paragraph
from best_model.questions.trials import errors


def answer(test: BackTest) -> Fragment:
    """The verdict on the total, in one sentence."""
    main, targets = errors((test.main,)), " and ".join(map(str, test.main.targets))
    verdict = "Better" if main.better else "Not better"
    said = f"{children(main.model)} plans out on average, against {children(main.naive)}"
    return paragraph(f"{verdict} than simple growth for January {targets}: {said}.", "answer")
