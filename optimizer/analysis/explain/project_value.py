"""Worth of each project to the plan: the best value less the best value without it, or with it forced in."""

from collections.abc import Mapping
from dataclasses import dataclass

from models.case import Case
from models.plan import Plan
from models.schema import Project
from optimizer.analysis.explain.explanation import ProjectStory, Verdict
from optimizer.analysis.what_if import Inquiry, Span, WhatIfResult, less, swap, without
from optimizer.solver.no_solution import NoSolutionFound
from optimizer.solver.reoptimize import Question


@dataclass(frozen=True)
class ProjectValue:
    """Worth of the projects of one plan. `best`: interval of the best value; `within`: see `Explanation`."""

    inquiry: Inquiry
    plan: Plan
    chosen: Mapping[str, int]
    best: Span
    within: float

    @property
    def case(self) -> Case:
        return self.inquiry.sets.case

    def story(self, project: Project, gap: float | None = None) -> ProjectStory:
        """The project's loss, what takes its place or what it displaces, and the verdict. `gap`: as for `Inquiry.ask`."""
        story = self.unasked(project)
        if not story.financed and not self.inquiry.can_decide(project.id):
            return story
        return self._asked(story, self.question(project), gap)

    def question(self, project: Project) -> Question:
        """The best plan without a project of the plan, or with another one forced in."""
        return without([project.id]) if project.id in self.chosen else Question(include=frozenset([project.id]))

    def is_free(self, project: Project) -> bool:
        """Whether plans can decide on the project either way."""
        return self.inquiry.can_decide(project.id) and project.status != "committed"

    def unasked(self, project: Project) -> ProjectStory:
        """The result without a question: whether it is financed, and else the plan's reason."""
        left = next((n for n in self.plan.not_financed if n.id == project.id), None)
        financed = project.id in self.chosen
        return ProjectStory(
            id=project.id,
            name=project.name or project.id,
            financed=financed,
            fid_year=self.chosen.get(project.id),
            reason=left.reason if left else "",
            detail=left.detail if left else "",
            verdict="borderline" if financed or self.inquiry.can_decide(project.id) else "exterior",
            asked=False,
        )

    def with_known_plans(self, story: ProjectStory) -> ProjectStory:
        """A story with less loss where a known plan shows it, and with the swap of that plan."""
        project = self.inquiry.sets.by_id[story.id]
        if story.loss is None or not self.is_free(project):
            return story
        known = self.inquiry.known.best(self.question(project))
        if known is None or (high := max(0.0, self.best.high - known.value)) >= story.loss.high:
            return story
        loss = Span(low=min(story.loss.low, high), high=high)
        answer = WhatIfResult(dict(known.chosen), known.awards, Span(low=known.value, high=known.value))
        return story.model_copy(update={"loss": loss, "swap": self._swap(story.id, answer)})

    def bounded(self, story: ProjectStory, bound: float) -> ProjectStory:
        """The story with the least loss if no plan without the project, or with it, is worth more than `bound`."""
        low = self.best.low - bound
        if low <= 0:
            return story
        verdict = self.settled(story) if self.is_certain(low) else story.verdict
        return story.model_copy(update={"at_least": low, "verdict": verdict})

    def settled(self, story: ProjectStory) -> Verdict:
        """The verdict if no near-best plan decides otherwise than the plan."""
        return "core" if story.financed else "exterior"

    def is_certain(self, loss: float) -> bool:
        """Whether a plan that loses so much is farther from the best than is asked about."""
        return loss > self.within * max(abs(self.best.low), 1e-9)

    def _asked(self, story: ProjectStory, question: Question, gap: float | None) -> ProjectStory:
        needs = self.inquiry.known.needs
        others = {i: t for i, t in self.chosen.items() if story.id not in needs.get(i, {i})}
        try:
            answer = None
            if gap is not None:
                answer = self.inquiry.near(question, others, gap * abs(self.best.low), self.best)
            if answer is None:
                answer = self.inquiry.ask(question, start=others, gap=gap)
        except NoSolutionFound as end:
            return self.bounded(story, end.bound)
        if answer is None:
            return story.model_copy(update={"asked": True, "verdict": self.settled(story)})
        loss = self._loss(story.id, answer.span)
        return story.model_copy(
            update={
                "asked": True,
                "loss": loss,
                "swap": self._swap(story.id, answer),
                "verdict": self.settled(story) if self.is_certain(loss.low) else "borderline",
            }
        )

    def _loss(self, project: str, other: Span) -> Span:
        """Never negative, but for a committed project: the plan may do better without it."""
        if self.inquiry.sets.by_id[project].status == "committed":
            return Span(low=self.best.low - other.high, high=self.best.high - other.low)
        return less(self.best, other)

    def _swap(self, project: str, answer: WhatIfResult) -> object:
        """Changes of other projects."""
        swapped = swap(self.chosen, answer.chosen)
        return swapped.model_copy(
            update={
                "enter": tuple(i for i in swapped.enter if i != project),
                "leave": tuple(i for i in swapped.leave if i != project),
            }
        )
