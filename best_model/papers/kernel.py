"""A kernel that is ready at once: forked, before its document begins, from a process that has everything loaded.

jupyter_client lets a provisioner say how a kernel comes to be. This one hands the connection file to a child that was
forked early and has waited for it; the child is a kernel of the document's own, and shares nothing with others.
"""

import os
import signal
import sys
import time
import traceback
from queue import Empty
from typing import Any, NoReturn

from ipykernel.kernelapp import IPKernelApp
from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from jupyter_core.utils import ensure_async

from best_model.faces.magics import register


class Waiting:
    """A forked child that becomes a kernel once it is told its connection file. It answers as `subprocess.Popen` does."""

    stdin = stdout = stderr = None

    def __init__(self) -> None:
        """Fork; to be called before any thread, event loop or socket is opened."""
        told, self._tell = os.pipe()
        self.returncode: int | None = None
        self.pid = os.fork()
        if not self.pid:
            _become_a_kernel(told)
        os.close(told)

    def begin(self, connection_file: str) -> None:
        """Let the child serve, in the folder that its document works in."""
        os.write(self._tell, os.fsencode(f"{os.getcwd()}\0{connection_file}"))
        os.close(self._tell)

    def poll(self) -> int | None:
        """The exit code, or None while it runs."""
        if self.returncode is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            self.returncode = os.waitstatus_to_exitcode(status) if pid else None
        return self.returncode

    def wait(self) -> int:
        """The exit code, once it has ended."""
        if self.returncode is None:
            self.returncode = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send a signal to a kernel that still runs."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)


def _become_a_kernel(told: int) -> NoReturn:
    """Nothing of the document but its log stays open here, so that its end is seen when it ends."""
    try:
        os.closerange(3, told)
        os.closerange(told + 1, os.sysconf("SC_OPEN_MAX"))
        if said := os.fsdecode(os.read(told, 65_536)):
            folder, connection_file = said.split("\0")
            os.chdir(folder)
            os.environ["JPY_PARENT_PID"] = str(os.getppid())  # it ends with its document, and greets no one
            sys.modules["debugpy"] = None  # type: ignore[assignment]  # slow to load, and no one debugs a batch
            app = IPKernelApp.instance()
            app.initialize(["-f", connection_file, "--HistoryManager.enabled=False"])
            register(app.shell)  # the package was imported before there was a shell to tell of its magics
            app.start()
    except BaseException:
        traceback.print_exc()  # into the log of the document
        os._exit(1)
    os._exit(0)


class _Provisioner(LocalProvisioner):
    """Starts the waiting child in place of a program."""

    waiting: Waiting
    connection_file: str

    async def launch_kernel(self, cmd: list[str], **_: Any) -> KernelConnectionInfo:
        """Tell the child its sockets."""
        self.process = self.waiting  # type: ignore[assignment]  # it answers as a Popen does
        self.pid = self.waiting.pid
        self.waiting.begin(self.connection_file)
        return self.connection_info


class _Client(AsyncKernelClient):
    """Knows that a kernel is ready from its answer. jupyter_client's own waits a fifth of a second more, for silence."""

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Ask until both channels answer. Raises RuntimeError if the kernel dies, or has not answered in time."""
        until = time.monotonic() + (timeout or 60)
        while time.monotonic() < until and await ensure_async(self.is_alive()):
            asked = self.kernel_info()
            try:
                reply = await ensure_async(self.shell_channel.get_msg(timeout=1))
                while not _is_idle_after(asked, await ensure_async(self.iopub_channel.get_msg(timeout=1))):
                    continue
            except Empty:
                continue
            self._handle_kernel_info_reply(reply)
            return
        raise RuntimeError("the kernel did not begin")


def _is_idle_after(asked: str, message: dict[str, Any]) -> bool:
    said = message["content"].get("execution_state")
    return said == "idle" and message["parent_header"].get("msg_id") == asked


def manager_of(waiting: Waiting, connection_file: str) -> AsyncKernelManager:
    """What nbclient needs to drive the waiting kernel, over sockets beside `connection_file`.

    Sockets in a folder of the document's own: two kernels that start together can pick the same network port.
    """
    manager = AsyncKernelManager(transport="ipc", connection_file=connection_file)
    spec = KernelSpec(argv=["a forked kernel"], display_name="Python 3", language="python")
    provisioner = _Provisioner(kernel_id="forked", kernel_spec=spec, parent=manager)
    provisioner.waiting, provisioner.connection_file = waiting, connection_file
    manager.client_factory = _Client
    manager._kernel_spec, manager.provisioner = spec, provisioner
    return manager
