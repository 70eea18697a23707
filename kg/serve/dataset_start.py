"""A process that holds a plain dataset, as the server knows it: how it is started, asked and ended."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from multiprocessing.connection import Client, Connection
from pathlib import Path
from typing import Any

from kg.errors import StoreError
from kg.serve.dataset_process import serve_dataset
from kg.serve.job_folder import check_job_folder
from kg.serve.worker_process import READY
from kg.serve.workers import SPAWN, error_of

_START_SECONDS = 60.0
_END_SECONDS = 5.0


@dataclass(eq=False, slots=True)
class DatasetProcess:
    """A process that runs, and our end of its pipe."""

    process: Any
    pipe: Connection
    address: str
    key: bytes
    confined: bool | None
    began: float = field(default_factory=time.monotonic)
    writes: int = 0  # in hand
    leaves: bool = False  # it is to end when there is none, and takes no further one

    def connect(self) -> Connection:
        """A connection for one job. Raises OSError, EOFError where the process has ended."""
        return Client(self.address, family="AF_UNIX", authkey=self.key)

    def end(self) -> None:
        """End it between two writes; where one does not end soon, in the middle of it, which undoes it."""
        self.pipe.close()
        self.process.join(_END_SECONDS)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()
        self.process.close()


def start_dataset(
    location: Path, timeout: float, memory: int | None, outgoing: bool, routes: Mapping[str, str] | None
) -> DatasetProcess:
    """Start a process, once it has opened the dataset. Raises UsageError, StoreLocked, StoreError where it cannot."""
    check_job_folder()
    ours, theirs = SPAWN.Pipe()
    process = SPAWN.Process(
        target=serve_dataset,
        args=(theirs, str(location), timeout, memory, outgoing, routes),
        daemon=True,
        name=f"dataset {location}",
    )
    process.start()
    theirs.close()
    try:
        if not ours.poll(_START_SECONDS):
            raise StoreError(f"the process of the dataset did not start within {_START_SECONDS:g} seconds")
        try:
            message = ours.recv_bytes()
        except (EOFError, OSError) as error:
            raise StoreError("the process of the dataset ended while it started") from error
        if message[:1] != READY:
            raise error_of(message[1:])
    except BaseException:
        process.kill()
        process.join()
        process.close()
        ours.close()
        raise
    told = json.loads(message[1:])
    return DatasetProcess(process, ours, told["address"], bytes.fromhex(told["key"]), told["confined"])
