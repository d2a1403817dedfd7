"""Settings, read once from the environment. Production refuses to start with missing or weak secrets."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

LOOPBACK = ("127.0.0.1", "localhost", "::1")
SHORTEST_SECRET = 32
CIPHERS = ("AES-256-GCM", "SM4-GCM")
_WEAK = ("secret", "changeme", "password", "example", "test", "dev")


class BadSettings(Exception):
    """What is wrong in the environment and what to do, one sentence each (English, for the terminal)."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))


@dataclass(frozen=True)
class Elasticsearch:
    """How to reach the search server; None in `Settings` means the embedded engine."""

    url: str
    username: str = ""
    password: str = field(default="", repr=False)
    api_key: str = field(default="", repr=False)
    ca_certs: str = ""


@dataclass(frozen=True)
class Outside:
    """What the platform may reach: `smtp_url` smtp://user:password@host:587?security=starttls, or smtps://…"""

    smtp_url: str = field(default="", repr=False)
    mail_from: str = ""
    webhook_hosts: tuple[str, ...] = ()
    webhook_private: bool = False
    files_url: str = field(default="", repr=False)
    scanner_url: str = ""


@dataclass(frozen=True)
class Settings:
    """Everything that the environment decides. Paths and database addresses are absolute."""

    mode: Literal["demo", "production"]
    host: str
    port: int
    public_url: str
    trusted_hosts: tuple[str, ...]
    proxy_hops: int
    data_dir: Path
    database_url: str = field(repr=False)
    redis_url: str | None = field(repr=False)
    elasticsearch: Elasticsearch | None
    secret_key: str = field(repr=False)
    demo: bool
    watermark: bool = False
    metrics_token: str = field(default="", repr=False)
    secret_key_fallbacks: tuple[str, ...] = field(default=(), repr=False)
    data_keys: str = field(default="", repr=False)
    data_keys_file: Path | None = None
    outside: Outside = field(default_factory=Outside)
    data_cipher: str = "AES-256-GCM"
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret: str = field(default="", repr=False)
    oidc_label: str = ""

    @property
    def production(self) -> bool:
        return self.mode == "production"

    @property
    def https(self) -> bool:
        return self.public_url.startswith("https://")

    @property
    def embedded(self) -> bool:
        """Worker and beat run as threads of the web process when no Redis is given."""
        return self.redis_url is None

    @property
    def files_dir(self) -> Path:
        return self.data_dir / "files"


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings. Raises BadSettings naming every problem at once."""
    env = {name: value.strip() for name, value in (os.environ if environ is None else environ).items()}
    problems: list[str] = []
    mode = env.get("MODE") or "demo"
    if mode not in ("demo", "production"):
        problems.append(f"MODE is {mode!r}; it must be 'demo' or 'production'.")
    data_dir = Path(env.get("DATA_DIR") or "var").expanduser().resolve()
    host = env.get("HOST") or "127.0.0.1"
    port = _number(env, "PORT", 8000, 65535, problems)
    public_url = (env.get("PUBLIC_URL") or f"http://{_in_address(host)}:{port}").rstrip("/")
    settings = Settings(
        mode="production" if mode == "production" else "demo",
        host=host,
        port=port,
        public_url=public_url,
        trusted_hosts=_trusted(env.get("TRUSTED_HOSTS", ""), mode, public_url),
        proxy_hops=_number(env, "PROXY_HOPS", 0, 10, problems),
        data_dir=data_dir,
        database_url=_database(env.get("DATABASE_URL", ""), data_dir),
        redis_url=env.get("REDIS_URL") or None,
        elasticsearch=_elasticsearch(env),
        secret_key=env.get("SECRET_KEY", ""),
        secret_key_fallbacks=_listed(env.get("SECRET_KEY_FALLBACKS", "")),
        outside=_outside(env, problems),
        data_keys=env.get("DATA_KEYS", ""),
        data_keys_file=Path(env["DATA_KEYS_FILE"]).resolve() if env.get("DATA_KEYS_FILE") else None,
        data_cipher=env.get("DATA_CIPHER") or "AES-256-GCM",
        oidc_issuer=env.get("OIDC_ISSUER", ""),
        oidc_client_id=env.get("OIDC_CLIENT_ID", ""),
        oidc_client_secret=env.get("OIDC_CLIENT_SECRET", ""),
        oidc_label=env.get("OIDC_LABEL", ""),
        demo=(env.get("DEMO") or ("1" if mode == "demo" else "0")) not in ("0", "false", "no"),
        watermark=env.get("WATERMARK", "0").lower() in ("1", "true", "yes"),
        metrics_token=env.get("METRICS_TOKEN", ""),
    )
    problems += _problems_of(settings, env)
    if problems:
        raise BadSettings(problems)
    return settings


def _problems_of(settings: Settings, env: Mapping[str, str]) -> list[str]:
    by_mode = _production_problems(settings) if settings.production else _demo_problems(settings)
    return [*_trust_problems(settings, env), *by_mode]


def ensure_secret(settings: Settings) -> str:
    """The signing key: from the environment, or for the demonstration from a 0600 file made once."""
    if settings.secret_key:
        return settings.secret_key
    path = settings.data_dir / "secret_key"
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        kept = path.read_text().strip()
        if len(kept) < SHORTEST_SECRET:
            raise BadSettings([f"{path} is damaged; delete it and start again."]) from None
        return kept
    with os.fdopen(handle, "w") as stream:
        stream.write(made := secrets.token_urlsafe(48))
    return made


def _production_problems(settings: Settings) -> list[str]:
    problems = []
    key = settings.secret_key
    if len(key) < SHORTEST_SECRET or len(set(key)) < 12 or key.lower().startswith(_WEAK):
        problems.append("SECRET_KEY is missing or weak; set at least 32 random characters.")
    if not settings.https:
        problems.append("PUBLIC_URL must start with https:// in production.")
    if not settings.trusted_hosts:
        problems.append(
            "TRUSTED_HOSTS is missing; name the host names that people type, separated by commas."
        )
    if settings.demo:
        problems.append("DEMO=1 is refused in production: demonstration accounts have known passwords.")
    return problems


def _trust_problems(settings: Settings, env: Mapping[str, str]) -> list[str]:
    """What would quietly weaken trust, in every mode but debugging and open files, which production refuses."""
    problems = []
    if settings.data_cipher not in CIPHERS:
        problems.append(f"DATA_CIPHER is {settings.data_cipher!r}; it must be one of {', '.join(CIPHERS)}.")
    given = (settings.oidc_issuer, settings.oidc_client_id, settings.oidc_client_secret)
    if any(given) and not all(given):
        problems.append("OIDC_ISSUER, OIDC_CLIENT_ID and OIDC_CLIENT_SECRET belong together; one is missing.")
    if not settings.production:
        return problems
    if any(len(key) < SHORTEST_SECRET for key in settings.secret_key_fallbacks):
        problems.append("SECRET_KEY_FALLBACKS holds a short key; leave out what is no key of yours.")
    if settings.oidc_issuer and not settings.oidc_issuer.startswith("https://"):
        problems.append("OIDC_ISSUER must start with https:// in production.")
    problems += [
        f"{name} is on; production shows no traces to visitors. Remove it."
        for name in ("DEBUG", "FLASK_DEBUG")
        if env.get(name, "0").lower() not in ("", "0", "false", "no")
    ]
    secret = (Path(".env"), settings.data_dir / ".env", settings.data_dir / "secret_key")
    problems += [
        f"{path} can be read by others; run: chmod 600 {path}"
        for path in secret
        if path.is_file() and path.stat().st_mode & 0o077
    ]
    return problems


def _demo_problems(settings: Settings) -> list[str]:
    if settings.host not in LOOPBACK:
        return [
            f"MODE=demo listens on this machine only, but HOST is {settings.host}. "
            "Use MODE=production to serve others."
        ]
    return []


def _number(env: Mapping[str, str], name: str, default: int, most: int, problems: list[str]) -> int:
    text = env.get(name) or str(default)
    if not text.isascii() or not text.isdigit() or int(text) > most:
        problems.append(f"{name} is {text!r}; it must be a whole number up to {most}.")
        return default
    return int(text)


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _trusted(text: str, mode: str, public_url: str) -> tuple[str, ...]:
    named = _listed(text)
    if named or mode == "production":
        return named
    own = urlsplit(public_url).hostname
    return tuple(dict.fromkeys([*("127.0.0.1", "localhost", "[::1]"), *([own] if own else [])]))


def _in_address(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _database(url: str, data_dir: Path) -> str:
    """An absolute address; without one, a SQLite file in the data folder."""
    if not url:
        return f"sqlite:///{data_dir / 'lianzhao.db'}"
    if url.startswith("postgres://"):
        return "postgresql+psycopg://" + url.removeprefix("postgres://")
    if url.startswith("postgresql://"):
        return "postgresql+psycopg://" + url.removeprefix("postgresql://")
    if url.startswith("sqlite:///"):
        return f"sqlite:///{Path(url.removeprefix('sqlite:///')).resolve()}"
    return url


def _elasticsearch(env: Mapping[str, str]) -> Elasticsearch | None:
    if not env.get("ELASTICSEARCH_URL"):
        return None
    return Elasticsearch(
        env["ELASTICSEARCH_URL"],
        env.get("ELASTICSEARCH_USERNAME", ""),
        env.get("ELASTICSEARCH_PASSWORD", ""),
        env.get("ELASTICSEARCH_API_KEY", ""),
        env.get("ELASTICSEARCH_CA_CERTS", ""),
    )


def _outside(env: Mapping[str, str], problems: list[str]) -> Outside:
    smtp, sender = env.get("SMTP_URL", ""), env.get("MAIL_FROM", "")
    if smtp and (urlsplit(smtp).scheme not in ("smtp", "smtps") or not urlsplit(smtp).hostname):
        problems.append("SMTP_URL must read smtp://user:password@host:587 or smtps://user:password@host:465.")
    if smtp and "@" not in sender:
        problems.append("MAIL_FROM is missing; name the address that mail comes from.")
    files, scanner = env.get("FILES_URL", ""), env.get("SCANNER_URL", "")
    if files and (urlsplit(files).scheme != "s3" or not urlsplit(files).hostname):
        problems.append("FILES_URL must read s3://bucket/prefix?endpoint=https://host.")
    if scanner and urlsplit(scanner).scheme not in ("tcp", "unix"):
        problems.append("SCANNER_URL must read tcp://host:3310 or unix:///run/clamav/clamd.ctl.")
    hosts = tuple(part.strip() for part in env.get("WEBHOOK_HOSTS", "").split(",") if part.strip())
    private = env.get("WEBHOOK_PRIVATE", "") not in ("", "0", "no", "false")
    return Outside(smtp, sender, hosts, private, files, scanner)
