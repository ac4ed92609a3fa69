"""Adjustments that wait for another person's approval: a part of `Account`, which keeps them in `proposals` as
id → (until, command)."""

PROPOSAL_MS = 7 * 86_400_000


class Proposals:
    def _give_up(self, command):
        self.refused.add(command["id"])
        del self.proposals[command["id"]]

    def propose(self, command, at):
        self.advance(at)
        if self.status == "closed" or not command.get("actor") or not command.get("reason"):
            self.refused.add(command["id"])
        else:
            self.proposals[command["id"]] = self.clock + PROPOSAL_MS, command

    def decline(self, command, at):
        """By anybody: by another person, or by its own author, who withdraws it."""
        self.advance(at)
        if command["proposalId"] in self.proposals:
            self._give_up(self.proposals[command["proposalId"]][1])
        else:
            self.refused.add(command["id"])

    def approve(self, command, at):
        self.advance(at)
        _, proposal = self.proposals.get(command["proposalId"], (None, None))
        if proposal is None or _person(proposal["actor"]) == _person(command["actor"]):
            self.refused.add(command["id"])
            return
        self._adjust(proposal, at, refused=command["id"])
        if command["id"] not in self.refused:
            del self.proposals[proposal["id"]]


def _person(name):
    return " ".join(name.lower().split())
