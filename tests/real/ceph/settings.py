"""How the smallest Ceph is told to run: alone, on one disk, and soon awake again."""

from pathlib import Path
from typing import Any, Final


def settings(folder: Path, *, disk: bool, **told: Any) -> str:
    """The text of ``ceph.conf``, for daemons that keep everything in ``folder``."""
    return _CONFIG.format(
        at=folder,
        store=_ON_DISK if disk else _IN_MEMORY,
        quiet="\n".join(f"debug {part}=0/0" for part in _QUIET),
        **told,
    )


_ALL: Final = ("mon", "osd", "mgr", "mds")
RIGHTS: Final = {
    "mon.": ("--cap", "mon", "allow *"),
    "client.admin": tuple(x for service in _ALL for x in ("--cap", service, "allow *")),
    "osd.0": ("--cap", "mon", "allow profile osd", "--cap", "osd", "allow *"),
    "client.rgw.a": ("--cap", "mon", "allow rw", "--cap", "osd", "allow rwx"),
}

# What would be noted of them takes a fifth of the processor's time.
_QUIET: Final = ("auth", "monc", "ms", "objclass", "objecter", "osd", "rados", "rgw", "tp")

_IN_MEMORY: Final = """osd objectstore=memstore
memstore device bytes=4294967296
"""
_ON_DISK: Final = """osd objectstore=bluestore
bluestore block size=21474836480
osd memory target=1073741824
"""

# Allowed to be small and alone; and told soon that a disk has come back (else after 10 s).
_CONFIG: Final = """[global]
fsid={cluster}
mon host={monitor}
public addr=127.0.0.1
cluster addr=127.0.0.1
keyring={at}/keyring
run dir={at}/run
admin socket=
pid file=
log file={at}/log/$name.log
mon cluster log file={at}/log/cluster.log
crash dir={at}/log
osd pool default size=1
osd pool default min size=1
osd pool default pg num=4
osd pool default pg autoscale mode=off
mon allow pool size one=true
mon warn on pool no redundancy=false
osd crush chooseleaf type=0
mon max pg per osd=1000
mon data avail crit=1
mon data avail warn=2
paxos propose interval=0.05
objecter tick interval=0.3
objecter timeout=0.6
osd enable op tracker=false
{quiet}
[mon.a]
mon data={at}/mon.a
[osd.0]
osd data={at}/osd.0
osd class update on start=false
{store}
[client.rgw.a]
rgw data={at}/run
rgw frontends=beast endpoint=127.0.0.1:{port} tcp_nodelay=1 ssl_endpoint=127.0.0.1:{tls_port} ssl_certificate={presented}
rgw lc debug interval=-1
"""  # noqa: E501 -- one line a setting
