"""Who is needed: every kind of team, rule and yes, in tables, and then whatever Hypothesis thinks of."""

from dataclasses import replace
from datetime import timedelta
from itertools import chain, combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaign.approving.needs import Need, Person, Question, Terms, Yes, loosened, standing

C, M, N, S, R, V = 1, 2, 3, 4, 5, 6  # candidate, two managers, two of staff, a volunteer
ROLES = {C: "candidate", M: "manager", N: "manager", S: "staff", R: "staff", V: "volunteer"}
USUAL = Terms()
FREE = Terms(manager_kinds=frozenset({"other"}))
EYES = Terms(four_eyes=True, readers=frozenset({R}))
DEPUTY = Terms(deputy=M)


def team(*pks: int) -> list[Person]:
    return [Person(pk, ROLES[pk]) for pk in pks]


ALL = team(C, M, N, S, R, V)
NO_CANDIDATE = team(M, N, S, R)
AWAY = Person(C, "candidate", is_away=True)


def asked(*yeses: int | Yes, by: tuple[int, ...] = (S,), kind: str = "campaign", late: bool = False) -> Question:
    said = frozenset(yes if isinstance(yes, Yes) else Yes(yes) for yes in yeses)
    return Question(kind, frozenset(by), said, late)


TABLE = [
    # terms, team, question: what is missing, whose turn it is
    ("usual: the candidate decides", USUAL, ALL, asked(), [Need.CANDIDATE], {C}),
    ("usual: a manager's yes is not enough", USUAL, ALL, asked(M, N), [Need.CANDIDATE], {C}),
    ("usual: the candidate's yes is", USUAL, ALL, asked(C), [], set()),
    ("usual: the candidate's own text", USUAL, ALL, asked(C, by=(C,)), [], set()),
    ("usual: who is gone does not count", USUAL, team(M, S), asked(C), [Need.MANAGER], {M}),
    ("usual: a reader nobody asked for", replace(USUAL, readers=frozenset({R})), ALL, asked(R), [Need.CANDIDATE], {C}),
    ("no candidate: a manager decides", USUAL, NO_CANDIDATE, asked(), [Need.MANAGER], {M, N}),
    ("no candidate: not who wrote it", USUAL, NO_CANDIDATE, asked(M, by=(M,)), [Need.MANAGER], {N}),
    ("no candidate: nobody is left", USUAL, team(M, S), asked(by=(M, S)), [Need.MANAGER], set()),
    ("the candidate is away: all wait", USUAL, [*NO_CANDIDATE, AWAY], asked(M, N), [Need.CANDIDATE], set()),
    ("the candidate is away: so is their yes", USUAL, [*NO_CANDIDATE, AWAY], asked(C), [Need.CANDIDATE], set()),
    ("the candidate is away: no manager is alone", USUAL, [*team(M), AWAY], asked(M, by=(M,)), [Need.CANDIDATE], set()),
    ("the candidate is away: named kinds go on", FREE, [*NO_CANDIDATE, AWAY], asked(M, kind="other"), [], set()),
    ("the candidate is away: the deputy, late", DEPUTY, [*NO_CANDIDATE, AWAY], asked(late=True), [Need.CANDIDATE], {M}),
    ("team of one", USUAL, team(M, V), asked(M, by=(M,)), [], set()),
    ("team of one, with four eyes", EYES, team(M, V), asked(M, by=(M,)), [], set()),
    ("named kind: a manager is enough", FREE, ALL, asked(M, kind="other"), [], set()),
    ("named kind: the candidate too", FREE, ALL, asked(C, kind="other"), [], set()),
    ("named kind: both may", FREE, ALL, asked(kind="other"), [Need.MANAGER], {C, M, N}),
    ("named kind: not who wrote it", FREE, ALL, asked(M, by=(M,), kind="other"), [Need.MANAGER], {C, N}),
    ("another kind is not named", FREE, ALL, asked(M), [Need.CANDIDATE], {C}),
    ("four eyes: the second reader first", EYES, ALL, asked(), [Need.SECOND, Need.CANDIDATE], {M, N, R}),
    ("four eyes: staff that is named", EYES, ALL, asked(R), [Need.CANDIDATE], {C}),
    ("four eyes: staff that is not", EYES, ALL, asked(S, by=(M,)), [Need.SECOND, Need.CANDIDATE], {N, R}),
    ("four eyes: the candidate was quicker", EYES, ALL, asked(C), [Need.SECOND], {M, N, R}),
    ("four eyes: the candidate's own text", EYES, ALL, asked(C, by=(C,)), [Need.SECOND], {M, N, R}),
    ("four eyes: both", EYES, ALL, asked(C, R), [], set()),
    ("four eyes: a reader who wrote it", EYES, ALL, asked(C, R, by=(R,)), [Need.SECOND], {M, N}),
    ("four eyes: nobody can", EYES, team(C, S), asked(), [Need.SECOND, Need.CANDIDATE], set()),
    ("four eyes, no candidate: two people", EYES, NO_CANDIDATE, asked(M), [Need.SECOND], {N, R}),
    ("four eyes, no candidate: manager and reader", EYES, NO_CANDIDATE, asked(M, R), [], set()),
    ("four eyes, no candidate: a reader alone", EYES, NO_CANDIDATE, asked(R), [Need.MANAGER], {M, N}),
    ("deputy: not before the deadline", DEPUTY, ALL, asked(), [Need.CANDIDATE], {C}),
    ("deputy: asked after it", DEPUTY, ALL, asked(late=True), [Need.CANDIDATE], {C, M}),
    ("deputy: an ordinary yes of theirs is none", DEPUTY, ALL, asked(M, late=True), [Need.CANDIDATE], {C, M}),
    ("deputy: has decided", DEPUTY, ALL, asked(Yes(M, True), late=True), [], set()),
    ("deputy: not who wrote it", DEPUTY, ALL, asked(Yes(M, True), by=(M,), late=True), [Need.CANDIDATE], {C}),
    ("deputy: another's deputy yes is none", DEPUTY, ALL, asked(Yes(N, True), late=True), [Need.CANDIDATE], {C, M}),
    ("deputy: no manager any more", Terms(deputy=S), ALL, asked(by=(N,), late=True), [Need.CANDIDATE], {C}),
    ("deputy: not before the second reader", replace(EYES, deputy=M), ALL, asked(late=True),
     [Need.SECOND, Need.CANDIDATE], {M, N, R}),
    ("deputy: after the second reader", replace(EYES, deputy=M), ALL, asked(R, late=True), [Need.CANDIDATE], {C, M}),
    ("deputy: never both", replace(EYES, deputy=M), ALL, asked(M, late=True), [Need.CANDIDATE], {C}),
    ("deputy: who was both is one", replace(EYES, deputy=M), ALL, asked(Yes(M, True)), [Need.SECOND], {N, R}),
]  # fmt: skip


@pytest.mark.parametrize(("terms", "people", "question", "missing", "turn"), [row[1:] for row in TABLE],
                         ids=[row[0] for row in TABLE])  # fmt: skip
def test_the_table(terms: Terms, people: list[Person], question: Question, missing: list[Need], turn: set[int]):
    found = standing(terms, people, question)
    assert (list(found.missing), set(found.askable)) == (missing, turn)


def complete(terms: Terms, people: list[Person], question: Question) -> bool:
    """The rule once more, in other words: what must be true when a post may leave."""
    able = [each for each in people if each.role in ("candidate", "manager", "staff")]
    yes = {said.by for said in question.yeses}
    roles = {each.pk: each.role for each in people}
    if len(able) == 1:
        return able[0].role != "staff" and able[0].pk in yes
    honest = {pk for pk in yes if pk not in question.editors}
    candidate = {pk for pk in yes if roles.get(pk) == "candidate"}
    managers = {pk for pk in honest if roles.get(pk) == "manager"}
    alone = "candidate" not in roles.values() or question.kind in terms.manager_kinds
    deputy = {said.by for said in question.yeses if said.as_deputy} & managers & {terms.deputy}
    decided = candidate | (managers if alone else deputy)
    readers = managers | {pk for pk in honest & terms.readers if roles.get(pk) == "staff"}
    if not terms.four_eyes:
        return bool(decided)
    return any(decider != reader for decider in decided for reader in readers)


def subsets(*values: int) -> list[tuple[int, ...]]:
    return list(chain.from_iterable(combinations(values, size) for size in range(len(values) + 1)))


@pytest.mark.parametrize(
    "terms", [USUAL, FREE, EYES, DEPUTY, replace(EYES, deputy=M, manager_kinds=FREE.manager_kinds)]
)
def test_every_team_every_writer_and_every_set_of_yeses(terms: Terms):
    for people in subsets(C, M, N, S, R):
        for by in subsets(C, M, S):
            for said in subsets(C, M, N, R):
                for kind in ("campaign", "other"):
                    question = asked(*said, by=by, kind=kind)
                    found = standing(terms, team(*people), question)
                    assert found.is_complete == complete(terms, team(*people), question), (people, by, said, kind)


# Whatever there is ---------------------------------------------------------------------------------

PEOPLE = st.lists(st.sampled_from([C, M, N, S, R, V]), unique=True).map(lambda pks: team(*pks))
HOURS = st.integers(1, 48).map(lambda hours: timedelta(hours=hours))
TERMS = st.builds(
    Terms,
    manager_kinds=st.frozensets(st.sampled_from(["campaign", "other"])),
    four_eyes=st.booleans(),
    readers=st.frozensets(st.sampled_from([S, R])),
    deputy=st.sampled_from([None, M, N, S]),
    deadline_before=HOURS,
    deadline_after=HOURS,
)
QUESTIONS = st.builds(
    Question,
    kind=st.sampled_from(["campaign", "other"]),
    editors=st.frozensets(st.sampled_from([C, M, N, S, R])),
    yeses=st.frozensets(st.builds(Yes, st.sampled_from([C, M, N, S, R, V]), st.booleans())),
    is_past_deadline=st.booleans(),
)
MANY = settings(max_examples=400, deadline=None, derandomize=True)


@MANY
@given(TERMS, PEOPLE, QUESTIONS)
def test_nothing_is_complete_that_the_rule_in_other_words_refuses(terms: Terms, people: list[Person], asks: Question):
    assert standing(terms, people, asks).is_complete == complete(terms, people, asks)


@MANY
@given(TERMS, TERMS, PEOPLE, QUESTIONS)
def test_what_loosens_nothing_lets_nothing_more_leave(old: Terms, new: Terms, people: list[Person], asks: Question):
    if not loosened(old, new) and standing(new, people, asks).is_complete:
        assert standing(old, people, asks).is_complete


@MANY
@given(TERMS, PEOPLE, QUESTIONS)
def test_whose_turn_it_is_brings_it_on(terms: Terms, people: list[Person], asks: Question):
    found = standing(terms, people, asks)
    for pk in found.askable:
        assert pk in found.counting
        more = replace(asks, yeses=asks.yeses | {Yes(pk, pk in found.deputies)})
        assert len(standing(terms, people, more).missing) < len(found.missing)


@MANY
@given(TERMS, PEOPLE, QUESTIONS)
def test_nobody_is_asked_who_changed_it_but_the_candidate(terms: Terms, people: list[Person], asks: Question):
    found = standing(terms, people, asks)
    if not found.is_team_of_one:
        assert not found.askable & asks.editors - {C}


@MANY
@given(TERMS, PEOPLE, QUESTIONS, st.sampled_from([C, M, N, R]))
def test_one_more_yes_never_takes_any_away(terms: Terms, people: list[Person], asks: Question, pk: int):
    if standing(terms, people, asks).is_complete:
        assert standing(terms, people, replace(asks, yeses=asks.yeses | {Yes(pk)})).is_complete


@pytest.mark.parametrize(
    ("new", "opens"),
    [
        ({"manager_kinds": frozenset({"other", "survey"})}, ["manager_kinds"]),
        ({"manager_kinds": frozenset()}, []),
        ({"four_eyes": False}, ["four_eyes"]),
        ({"readers": frozenset({R, S})}, ["readers"]),
        ({"readers": frozenset()}, []),
        ({"deputy": N}, ["deputy"]),
        ({"deputy": None, "deadline_before": timedelta(hours=9)}, []),
        ({"deadline_before": timedelta(hours=3)}, ["deadline_before"]),
        ({"deadline_before": timedelta(hours=1)}, []),
        ({"deadline_after": timedelta(hours=11)}, ["deadline_after"]),
        ({"deadline_after": timedelta(hours=13), "remind_after": timedelta(hours=5)}, []),
    ],
)
def test_what_loosens(new: dict[str, object], opens: list[str]):
    terms = Terms(frozenset({"other"}), True, frozenset({R}), M)
    assert loosened(terms, replace(terms, **new)) == opens  # type: ignore[arg-type]
