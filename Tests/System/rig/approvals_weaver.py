"""Woven histories in which adjustments wait for another person: approved, approved by their own author, deducted from
those who hold too little, declined, withdrawn, forgotten."""

from .returns_weaver import ReturnsWeave

PROPOSED, APPROVED, DECLINED = 60, 40, 10
ACTORS = ("lead", "lead", "second lead", "Support")


class ApprovalsWeave(ReturnsWeave):
    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.proposed = []

    def _commands_of(self, member, at):
        for document in super()._commands_of(member, at):
            if document["type"] == "points.adjust" and self._chance(PROPOSED):
                proposal = {**document, "type": "points.adjust.proposed"}
                self.proposed.append(proposal)
                yield proposal
            else:
                yield document
        for proposal in [each for each in self.proposed if each["memberId"] == member]:
            if self._chance(APPROVED):
                yield self._command(
                    "points.adjust.approved",
                    member,
                    at,
                    programId=proposal["programId"],
                    proposalId=proposal["id"],
                    actor=self.random.choice(ACTORS),
                )
            elif self._chance(DECLINED):
                yield self._command(
                    "points.adjust.declined",
                    member,
                    at,
                    programId=proposal["programId"],
                    proposalId=proposal["id"],
                    actor=self.random.choice(ACTORS),
                    reason="not this time",
                )
