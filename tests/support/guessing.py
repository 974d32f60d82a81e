"""Many processes that guess at one verification at the same moment, and what they were told."""

from __future__ import annotations

import json
import multiprocessing
from collections import Counter
from multiprocessing.synchronize import Barrier
from typing import Any

import msgspec

from sms_connector.errors import ConnectorError
from sms_connector.store import timeouts
from sms_connector.store.address import Address
from sms_connector.store.redis import RedisStore
from sms_connector.verification.guess import RESERVED_FOR_ID
from tests.support.verifying import Phones, sms_to, verifications, wrong

_spawn = multiprocessing.get_context("spawn")


class Tally(msgspec.Struct, frozen=True):
    """Of one verification: how often it was approved, and what was left after each wrong guess."""

    approved: int
    left: tuple[int, ...]
    others: tuple[str, ...]


def guess_at_once(
    address: Address, rounds: int, processes: int = 16, attempts: int = 5, right_ones: int = 2
) -> list[Tally]:
    """Start ``rounds`` verifications, one after the other, at each of which all processes guess.

    ``right_ones`` of the processes know the code, but of every third verification none does. Half
    of the processes check by number, half by id.
    """
    barrier = _spawn.Barrier(processes + 1)
    service = verifications(RedisStore(address), verification={"attempts": attempts})
    started = []
    for number in range(rounds):
        phones = Phones()
        sms = sms_to(f"138{number:08}")
        verification_id = service.start(sms, phones).verification.id
        started.append((verification_id, sms.phone.digits, phones.code))
    pipes = []
    workers = []
    for index in range(processes):
        ours, theirs = _spawn.Pipe(duplex=False)
        arguments = (address, attempts, started, barrier, theirs, index, right_ones)
        workers.append(_spawn.Process(target=_guess, args=arguments, daemon=True))
        workers[-1].start()
        pipes.append(ours)
    for _ in range(rounds):
        barrier.wait(60)
    told = [json.loads(pipe.recv()) for pipe in pipes]
    for worker in workers:
        worker.join(30)
    return [_tally([answers[number] for answers in told]) for number in range(rounds)]


def _guess(
    address: Address,
    attempts: int,
    started: list[tuple[str, str, str]],
    barrier: Barrier,
    pipe: Any,
    index: int,
    right_ones: int,
) -> None:
    timeouts.SECONDS_PER_CALL = 5.0  # type: ignore[misc]
    service = verifications(RedisStore(address), verification={"attempts": attempts})
    told: list[str | int] = []
    for number, (verification_id, phone, code) in enumerate(started):
        guess = code if index < right_ones and number % 3 else wrong(code)
        barrier.wait(60)
        try:
            if index % 2:
                service.check(verification_id, guess)
            else:
                service.check_number(phone, "SignIn", guess)
            told.append("approved")
        except ConnectorError as error:
            reserved = 0 if index % 2 else RESERVED_FOR_ID
            left = error.attempts_left
            told.append(error.kind if left is None else left + reserved)
    pipe.send(json.dumps(told))


def _tally(answers: list[str | int]) -> Tally:
    counts = Counter(answers)
    return Tally(
        counts["approved"],
        tuple(sorted((one for one in answers if isinstance(one, int)), reverse=True)),
        tuple(sorted(one for one in answers if isinstance(one, str) and one != "approved")),
    )


def faults(tallies: list[Tally], attempts: int) -> list[Tally]:
    """Return those that were approved twice, or whose guesses were not counted exactly."""
    return [
        one
        for one in tallies
        if one.approved > 1
        or one.left != tuple(range(attempts - 1, attempts - 1 - len(one.left), -1))
        or len(one.left) > attempts
        or (not one.approved and len(one.left) != attempts)
    ]
