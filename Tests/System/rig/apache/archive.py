"""A broker's classes as a virtual machine maps them, made once for each Kafka and Java: with them a node starts in two
thirds of the processor time (JEP 350, dynamic class-data sharing)."""

import os
import tempfile
from pathlib import Path

from .node import HOST, QUICK, Node, class_archive, free_ports, unique_id, wait_for_brokers


def make():
    """A node's short life, at whose end its virtual machine writes them. Where it writes none, they start as before."""
    archive = class_archive()
    if archive.exists():
        return
    with tempfile.TemporaryDirectory(prefix="stampede-archive-") as folder:
        written = Path(folder) / archive.name
        port, controller = free_ports(2)
        properties = {
            "controller.quorum.voters": f"1@{HOST}:{controller}",
            "listeners": f"PLAINTEXT://{HOST}:{port},CONTROLLER://{HOST}:{controller}",
            "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
        }
        node = Node(1, unique_id(), Path(folder) / "node", properties)
        try:
            node.start((*QUICK, f"-XX:ArchiveClassesAtExit={written}"))
            wait_for_brokers(node.address, 1, [node])
            node.stop()
        finally:
            node.kill()
        if written.exists():
            # From one file system to another, so that it is there whole or not at all.
            beside = archive.with_name(f"{archive.name}.{os.getpid()}")
            beside.write_bytes(written.read_bytes())
            os.replace(beside, archive)
