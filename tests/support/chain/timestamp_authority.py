"""An authority that timestamps (RFC 3161) on this machine, by the `openssl` program."""

from pathlib import Path
from typing import Final

from agents.tools.roots.stamps import openssl

SETTINGS: Final = """
[req]
distinguished_name = name
[name]
[stamping]
basicConstraints = critical, CA:TRUE
extendedKeyUsage = critical, timeStamping
[tsa]
default_tsa = authority
[authority]
serial = {folder}/serial
crypto_device = builtin
signer_cert = {folder}/authority.pem
certs = {folder}/authority.pem
signer_key = {folder}/authority.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
ess_cert_id_alg = sha256
"""


class Authority:
    """Answers requests in files.

    Attributes:
        certificate: its certificate, PEM.
    """

    def __init__(self, folder: Path) -> None:
        """Make its key and certificate."""
        self._settings = folder / "openssl.cnf"
        self._settings.write_text(SETTINGS.format(folder=folder))
        (folder / "serial").write_text("01\n")
        self.certificate = folder / "authority.pem"
        self._run(
            *("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=stamps"),
            *("-extensions", "stamping", "-config", str(self._settings)),
            *("-keyout", str(folder / "authority.key"), "-out", str(self.certificate)),
        )

    def answer(self, request: Path) -> Path:
        """Answer a request in the file beside it, and return that."""
        response = request.with_suffix(".tsr")
        said = ("ts", "-reply", "-config", str(self._settings), "-queryfile", str(request))
        self._run(*said, "-out", str(response))
        return response

    @staticmethod
    def _run(*said: str) -> None:
        done = openssl(*said)
        assert done.returncode == 0, done.stderr
