"""Moves the files of one folder through S3: `worker.py JOB`, where JOB is a file of parameters in JSON.

An export archives the folder as a tar stream in parts, and lists each entry, with the SHA-256 of the bytes that were
archived, in a manifest. An import unpacks the parts, reads everything again from disk, and lists it in a manifest of its
own. Both end with `status.json`, the only proof that an attempt succeeded. Objects are written once; only `beat.json`
is overwritten. Needs Python 3.7 or later, and nothing else.

Who runs it decides where: REMEDIATE_ROOT (the folder; if set, nothing is mounted), REMEDIATE_ENDPOINT (of S3),
REMEDIATE_IMDS, REMEDIATE_CREDENTIALS=environment (AWS_ACCESS_KEY_ID and so on), REMEDIATE_BEAT and REMEDIATE_PAUSE
(seconds). Other files are written beside JOB.

A lifecycle configuration has room for 16,384 characters. So it gets only the sections for its kind of job, which
`# <export>` and `# <import>` mark, without comments. What is written here is written to be small, too.
"""
import base64
import calendar
import errno
import gzip
import hashlib
import hmac
import http.client
import json
import os
import signal
import stat
import sys
import tarfile
import tempfile
import threading
import time
import urllib.parse
import zlib

# <export>
import queue
import subprocess

# </export>

FORMAT = 1
CHUNK = 1 << 20
PART = 24 << 20
# Parts in memory at once, besides the one that is being filled or unpacked.
THREADS = 3
BLOCK = 64 << 10
ZEROS = bytes(BLOCK)
TRIES = 9
# Names that a status lists; all are counted.
LISTED = 500
# Set on the folder from when an import has found it empty until it has succeeded.
MARK = "user.remediate.import"
# What the system labels files with by its own policy is no data.
LABELS = MARK, "security.selinux", "security.evm", "security.ima"
FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
KINDS = {stat.S_IFREG: "file", stat.S_IFDIR: "directory", stat.S_IFLNK: "symlink", stat.S_IFIFO: "fifo"}


class Trouble(Exception):
    """Ends the attempt. Its text is for people."""

    pass


# Wording.


def named(key, text):
    """A name as JSON: printable ASCII as it is, anything else as base64 of its bytes."""
    raw = os.fsencode(text)
    if all(31 < byte < 127 for byte in raw):
        return {key: raw.decode()}
    return {key + "64": base64.b64encode(raw).decode()}


def line(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode() + b"\n"


def decimal(nanoseconds):
    whole, rest = divmod(abs(nanoseconds), 10**9)
    return "%s%d.%09d" % ("-" if nanoseconds < 0 else "", whole, rest)


def digest(pieces):
    sha = hashlib.sha256()
    for piece in pieces:
        sha.update(piece)
    return sha


def chunks(read):
    return iter(lambda: read(CHUNK), b"")


class Report:
    """What happened: entries that failed or were left out, and how far the work is."""

    def __init__(self, job={}):
        self.phase = job.get("kind")
        self.strict = job.get("strict")
        self.aside = job.get("source") and ".remediate-aside-%s-" % job["run"] or ()
        self.bytes = self.disk = self.entries = self.failed = self.left_out = 0
        self.counts, self.failures, self.skipped, self.quiet = {}, [], [], False

    def fail(self, why, path):
        self.failed += 1
        if self.failed <= LISTED:
            self.failures.append(dict(named("path", path), why=str(why)))

    def skip(self, why, path):
        self.fail(why, path) if self.strict else self.leave_out(why, path)

    def leave_out(self, why, path):
        self.left_out += 1
        if self.left_out <= LISTED:
            self.skipped.append(dict(named("path", path), why=why))

    def count(self, kind):
        self.entries += 1
        self.counts[kind] = self.counts.get(kind, 0) + 1


# S3: signature version 4, retries, checksums.


class Credentials:
    """Of the environment or of the instance's role; those of the role are fetched again before they expire."""

    def __init__(self, environ):
        self.lock = threading.Lock()
        self.until = 0
        self.host = environ.get("REMEDIATE_IMDS", "169.254.169.254")
        if environ.get("REMEDIATE_CREDENTIALS") == "environment":
            self.until = float("inf")
            names = "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"
            self.keys = [environ.get(name) for name in names]

    def get(self):
        with self.lock:
            if time.time() > self.until - 300:
                token = self.ask("PUT", "api/token", {"X-aws-ec2-metadata-token-ttl-seconds": "300"})
                headers = {"X-aws-ec2-metadata-token": token}
                path = "meta-data/iam/security-credentials/"
                found = json.loads(self.ask("GET", path + self.ask("GET", path, headers).split()[0], headers))
                self.keys = [found[name] for name in ("AccessKeyId", "SecretAccessKey", "Token")]
                self.until = calendar.timegm(time.strptime(found["Expiration"], "%Y-%m-%dT%H:%M:%SZ"))
            return self.keys

    def ask(self, method, path, headers):
        connection = http.client.HTTPConnection(self.host, timeout=5)
        connection.request(method, "/latest/" + path, headers=headers)
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        if answer.status != 200:
            raise OSError("no credentials: %d" % answer.status)
        return text


class S3:
    """Objects of an item in the bucket. Every call names the owner that the bucket must have."""

    def __init__(self, job, environ):
        self.job = job
        self.credentials = Credentials(environ)
        self.pause = float(environ.get("REMEDIATE_PAUSE", 1))
        host = "https://s3.%s.%s" % (job["region"], job["suffix"])
        self.where = urllib.parse.urlsplit(environ.get("REMEDIATE_ENDPOINT", host))
        self.local = threading.local()

    def sign(self, method, path, headers, payload):
        key, secret, token = self.credentials.get()
        now = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
        headers.update({"host": self.where.netloc, "x-amz-content-sha256": payload, "x-amz-date": now})
        headers["x-amz-expected-bucket-owner"] = self.job["owner"]
        if token:
            headers["x-amz-security-token"] = token
        names = sorted(headers)
        signed = ";".join(names)
        lines = [method, path, ""] + [name + ":" + headers[name] for name in names] + ["", signed, payload]
        scope = "/".join((now[:8], self.job["region"], "s3", "aws4_request"))
        request = hashlib.sha256("\n".join(lines).encode()).hexdigest()
        text = "\n".join(("AWS4-HMAC-SHA256", now, scope, request))
        derived = ("AWS4" + secret).encode()
        for step in scope.split("/") + [text]:
            derived = hmac.new(derived, step.encode(), "sha256").digest()
        form = "AWS4-HMAC-SHA256 Credential=%s/%s,SignedHeaders=%s,Signature=%s"
        headers["authorization"] = form % (key, scope, signed, derived.hex())

    def once(self, method, path, headers, body, length, payload):
        self.sign(method, path, headers, payload)
        if body:
            headers["content-length"] = str(length)
        if not hasattr(self.local, "connection"):
            secure = self.where.scheme == "https"
            connect = http.client.HTTPSConnection if secure else http.client.HTTPConnection
            self.local.connection = connect(self.where.netloc, timeout=60)
        connection = self.local.connection
        try:
            try:
                connection.request(method, path, body and body(), headers)
            except (BrokenPipeError, ConnectionResetError):
                # Who refuses may answer before everything was sent.
                pass
            answer = connection.getresponse()
            return answer, answer.read()
        except BaseException:
            connection.close()
            del self.local.connection
            raise

    def call(self, method, key, extra={}, body=None, length=0, payload=hashlib.sha256().hexdigest()):
        """Sends a request until it is answered for good: the answer, what it holds, and whether it was sent again."""
        path = urllib.parse.quote("/%s/%s/%s" % (self.job["bucket"], self.job["prefix"], key), "/-_.~")
        for tried in range(TRIES):
            if tried:
                time.sleep(min(20, self.pause * 2 ** (tried - 1)))
            try:
                answer, data = self.once(method, path, dict(extra), body, length, payload)
            except (OSError, http.client.HTTPException, ValueError, LookupError) as error:
                said = repr(error)
                continue
            said = str(answer.status)
            if b"<Code>" in data:
                said += " " + data.split(b"<Code>")[1].split(b"<")[0].decode("ascii", "replace")
            if "ExpiredToken" in said or (method == "HEAD" and said == "400"):
                # Those of the environment last for ever.
                self.credentials.until /= 1e9
            elif answer.status < 500 and answer.status not in (408, 409, 429) and "RequestTimeout" not in said:
                if answer.status == 200 or (answer.status == 412 and tried):
                    return answer, data
                break
        raise Trouble("S3 answered %s of %s with %s" % (method, key, said))

    def put(self, name, body, length, sha, overwrite=False):
        """Writes an object, which must be new. One that is there already is ours only after an answer that was lost."""
        key = self.job["attempt"] + "/" + name
        checksum = base64.b64encode(sha.digest()).decode()
        headers = {"x-amz-checksum-sha256": checksum, "x-amz-sdk-checksum-algorithm": "SHA256"}
        if not overwrite:
            headers["if-none-match"] = "*"
        if self.job["kms_key"]:
            headers["x-amz-server-side-encryption"] = "aws:kms"
            headers["x-amz-server-side-encryption-aws-kms-key-id"] = self.job["kms_key"]
        answer, _ = self.call("PUT", key, headers, body, length, sha.hexdigest())
        if answer.status == 412:
            answer, _ = self.call("HEAD", key, {"x-amz-checksum-mode": "ENABLED"})
            if answer.headers["x-amz-checksum-sha256"] != checksum:
                raise Trouble("%s was written by another worker" % key)

    def put_json(self, name, value, overwrite=False):
        data = line(dict(identity(self.job), **value))
        self.put(name, lambda: [data], len(data), hashlib.sha256(data), overwrite)

    # <import>
    def get(self, name, sha):
        """Reads an object of the export, which must have that digest."""
        key = self.job["source"] + "/" + name
        _, data = self.call("GET", key)
        if hashlib.sha256(data).hexdigest() != sha:
            raise Trouble("%s is not what the export wrote" % key)
        return data

    # </import>


# Reading a folder.


class Entry:
    """Something in the folder: its path from there, and how to reach it without following links."""

    def __init__(self, path, folder, name):
        self.path, self.folder, self.name = path, folder, name
        self.stat = os.stat(name, dir_fd=folder, follow_symlinks=False)
        self.kind = KINDS.get(stat.S_IFMT(self.stat.st_mode))
        self.inode = self.stat.st_dev, self.stat.st_ino
        self.linked = self.kind != "directory" and self.stat.st_nlink > 1

    def open(self):
        """Opens a file, which must still be the one that was seen."""
        opened = os.open(self.name, os.O_NONBLOCK | os.O_NOFOLLOW, dir_fd=self.folder)
        found = os.fstat(opened)
        if (found.st_dev, found.st_ino) != self.inode:
            os.close(opened)
            raise OSError("changed while it was read")
        return opened

    def attributes(self):
        """Extended attributes, access control lists among them."""
        path = "/proc/self/fd/%d/%s" % (self.folder, self.name)
        try:
            names = os.listxattr(path, follow_symlinks=False)
        except OSError as error:
            if error.errno != errno.ENOTSUP:
                raise
            names = []
        return {name: os.getxattr(path, name, follow_symlinks=False) for name in names if name not in LABELS}

    def describe(self, attributes, target=None):
        """The line of the manifest, without the digest of a file."""
        said = dict(named("path", self.path), type=self.kind)
        if target:
            return dict(said, type="hardlink", **named("link", target))
        found = self.stat
        said.update(mode="%04o" % stat.S_IMODE(found.st_mode), uid=found.st_uid, gid=found.st_gid)
        # The time of the folder itself is changed by whatever mounts it.
        if self.path != ".":
            said["mtime"] = decimal(found.st_mtime_ns)
        if self.kind == "file":
            said["size"] = found.st_size
        if self.kind == "symlink":
            said.update(named("link", os.readlink(self.name, dir_fd=self.folder)))
        if attributes:
            said["xattrs"] = {name: hashlib.sha256(value).hexdigest() for name, value in attributes.items()}
        return said


def own(entry):
    """Whether it is the `lost+found` that the file system itself made: of root, closed to others, and, as far as
    root can tell, empty."""
    found = entry.stat
    if entry.path != "lost+found" or (found.st_mode, found.st_uid) != (0o40700, 0):
        return False
    if os.geteuid():
        return True
    opened = os.open(entry.name, FOLDER, dir_fd=entry.folder)
    names = os.listdir(opened)
    os.close(opened)
    return not names


def names_in(folder):
    return iter(sorted(os.listdir(folder), key=os.fsencode))


def walk(root, report):
    """Yields every entry: a folder before what is in it, names in the order of their bytes, so that equal folders
    give equal lists. An entry may be used until the next one is asked for."""
    first = Entry(".", root, ".")
    yield first
    stack = [(root, "", names_in(root))]
    while stack:
        folder, prefix, names = stack[-1]
        name = next(names, None)
        if name is None:
            os.close(folder) if prefix else None
            stack.pop()
            continue
        path = prefix + name
        try:
            entry = Entry(path, folder, name)
            if own(entry) or path.startswith(report.aside):
                if os.geteuid():
                    report.leave_out("only root can read it", path)
                continue
            if not entry.kind:
                report.skip("a socket or a device, not data", path)
                continue
            yield entry
            if entry.kind != "directory":
                continue
            if entry.stat.st_dev != first.stat.st_dev:
                report.skip("its content is on another file system", path)
                continue
            below = os.open(name, FOLDER, dir_fd=folder)
            stack.append((below, path + "/", names_in(below)))
        except OSError as error:
            report.fail(error.strerror or error, path)


class Spool:
    """Lines that are too many for the memory, compressed in a file without a name."""

    def __init__(self):
        self.file = tempfile.TemporaryFile(dir=os.path.dirname(os.path.abspath(sys.argv[1])))
        self.lines = gzip.GzipFile("", "wb", 6, self.file, 0)
        self.sha, self.size = hashlib.sha256(), 0

    def add(self, value):
        data = line(value)
        self.sha.update(data)
        self.lines.write(data)
        self.size += 1

    # <export>
    def read(self):
        self.lines.close()
        self.file.seek(0)
        with gzip.GzipFile("", "rb", fileobj=self.file) as lines:
            yield from map(json.loads, lines)

    # </export>

    def put(self, s3):
        """Writes it as the manifest; what the status says of it."""
        self.lines.close()

        def body():
            self.file.seek(0)
            return chunks(self.file.read)

        sha = digest(body())
        size = self.file.tell()
        s3.put("manifest.jsonl.gz", body, size, sha)
        return {"size": size, "sha256": sha.hexdigest(), "digest": self.sha.hexdigest(), "entries": self.size - 1}


def manifest():
    spool = Spool()
    spool.add({"format": FORMAT})
    return spool


# <export>
class Parts:
    """Cuts a stream in parts and writes them from threads."""

    def __init__(self, s3):
        self.s3 = s3
        self.pieces, self.size, self.number = [], 0, 0
        self.small = bytearray()
        self.slots = threading.Semaphore(THREADS)
        self.queue = queue.Queue()
        self.done, self.error = {}, None
        self.threads = [threading.Thread(target=self.run, daemon=True) for _ in range(THREADS)]
        for thread in self.threads:
            thread.start()

    def write(self, data):
        self.size += len(data)
        # Many small objects would take several times their size.
        self.small += data
        if len(self.small) >= CHUNK:
            self.gather()
        if self.size >= PART:
            self.hand_over()

    def gather(self):
        self.pieces.append(bytes(self.small))
        self.small.clear()

    def hand_over(self):
        self.slots.acquire()
        if self.error:
            raise self.error
        self.gather()
        self.queue.put((self.number, self.pieces))
        self.pieces, self.size, self.number = [], 0, self.number + 1

    def close(self):
        if self.size:
            self.hand_over()
        for _ in self.threads:
            self.queue.put(None)
        for thread in self.threads:
            thread.join()
        if self.error:
            raise self.error
        return [self.done[number] for number in range(self.number)]

    def run(self):
        for number, pieces in iter(self.queue.get, None):
            try:
                if not self.error:
                    packed = pack(pieces)
                    sha, size = digest(packed), sum(map(len, packed))
                    self.s3.put("part-%06d" % number, lambda: packed, size, sha)
                    self.done[number] = {"size": size, "sha256": sha.hexdigest()}
            except Exception as error:
                self.error = Trouble(str(error))
            packed = pieces = None
            self.slots.release()


def pack(pieces):
    """A gzip member of the pieces, which are used up; stored where samples say that compression gains nothing."""
    samples = [piece[: CHUNK // 4] for piece in pieces[:: len(pieces) // 4 + 1]]
    small = sum(len(zlib.compress(sample, 1)) for sample in samples)
    packer = zlib.compressobj(int(small < 0.9 * sum(map(len, samples))), zlib.DEFLATED, 31)
    packed = []
    pieces.reverse()
    while pieces:
        packed.append(packer.compress(pieces.pop()))
    return packed + [packer.flush()]


def place(value):
    """Where a line stands in the order of a walk."""
    path = base64.b64decode(value["path64"]) if "path64" in value else value["path"].encode()
    return [] if path == b"." else path.split(b"/")


def differences(ours, theirs):
    """Yields the places where two lists in the order of a walk differ."""
    left, right = next(ours, None), next(theirs, None)
    while left or right:
        if not right or (left and place(left) < place(right)):
            yield place(left)
            left = next(ours, None)
        elif not left or place(right) < place(left):
            yield place(right)
            right = next(theirs, None)
        else:
            if left != right:
                yield place(left)
            left, right = next(ours, None), next(theirs, None)


def state(entry):
    """What changes if anything about an entry does."""
    found = entry.stat
    times = found.st_mtime_ns, found.st_ctime_ns
    return dict(named("path", entry.path), state=[found.st_ino, found.st_mode, found.st_size, *times])


class Export:
    def __init__(self, s3, report, root, job):
        self.report, self.seen = report, {}
        self.parts, self.lines, states = Parts(s3), manifest(), Spool()
        report.quiet = job["quiesce"] and make_quiet()
        for entry in walk(root, report):
            states.add(state(entry))
            try:
                self.archive(entry)
            except (OSError, UnicodeError) as error:
                report.fail(error.strerror if isinstance(error, OSError) and error.strerror else error, entry.path)
        self.parts.write(bytes(1024))
        parts = self.parts.close()
        report.phase = "look-again"
        if not report.quiet:
            for where in differences(states.read(), map(state, walk(root, Report()))):
                report.fail("changed during the export", b"/".join(where) or ".")
        self.said = {"parts": parts, "manifest": self.lines.put(s3)}

    def archive(self, entry):
        info, found = tarfile.TarInfo(entry.path), entry.stat
        target = entry.linked and self.seen.get(entry.inode)
        if target:
            info.type, info.linkname = tarfile.LNKTYPE, target
            self.parts.write(header(info))
            self.lines.add(entry.describe({}, target))
            return self.report.count("hardlink")
        if os.geteuid() and found.st_uid != os.geteuid():
            raise OSError("belongs to another user: only root can give it back")
        attributes = entry.attributes()
        info.mode, info.uid, info.gid = stat.S_IMODE(found.st_mode), found.st_uid, found.st_gid
        info.pax_headers["mtime"] = decimal(found.st_mtime_ns)
        for name, value in attributes.items():
            if "=" in name:
                raise OSError("no archive can hold the name of its attribute " + name)
            info.pax_headers["SCHILY.xattr." + name] = value.decode("utf-8", "surrogateescape")
        said = entry.describe(attributes)
        if entry.kind == "file":
            info.size = found.st_size
            said["sha256"] = self.file(entry, info)
        else:
            kinds = {"directory": tarfile.DIRTYPE, "symlink": tarfile.SYMTYPE, "fifo": tarfile.FIFOTYPE}
            info.type = kinds[entry.kind]
            if entry.kind == "symlink":
                info.linkname = os.readlink(entry.name, dir_fd=entry.folder)
            self.parts.write(header(info))
        self.report.disk += found.st_blocks * 512
        self.lines.add(said)
        self.report.count(entry.kind)
        if entry.linked:
            self.seen[entry.inode] = entry.path

    def file(self, entry, info):
        opened, failed, sha = entry.open(), None, hashlib.sha256()
        try:
            self.parts.write(header(info))
            left = info.size
            while left:
                try:
                    data = b"" if failed else os.read(opened, min(left, CHUNK))
                except OSError as error:
                    data, failed = b"", error.strerror
                if not data:
                    # The header has said how many bytes follow.
                    failed = failed or "became shorter while it was read"
                    data = ZEROS[:left]
                sha.update(data)
                self.parts.write(data)
                self.report.bytes += len(data)
                left -= len(data)
            self.parts.write(bytes(-info.size % 512))
            after, before = os.fstat(opened), entry.stat
            if (after.st_mtime_ns, after.st_ctime_ns) != (before.st_mtime_ns, before.st_ctime_ns):
                failed = failed or "changed while it was read"
        finally:
            os.close(opened)
        if failed:
            self.report.fail(failed, entry.path)
        return sha.hexdigest()


def header(info):
    return info.tobuf(tarfile.PAX_FORMAT, "utf-8", "surrogateescape")


def make_quiet():
    """Mounts the folder read-only, so that nothing changes while it is read; whether it could."""
    if "REMEDIATE_ROOT" in os.environ or os.geteuid() or not os.path.ismount(ROOT):
        return False
    for _ in range(10):
        if remount("ro"):
            return True
        time.sleep(3)
    return False


def remount(how):
    return not subprocess.call(["mount", "-o", "remount," + how, ROOT], stdin=subprocess.DEVNULL)


# </export>
# <import>
class Stream:
    """The tar stream of an export, as a file that is read forwards: parts are fetched ahead by threads, checked, and
    unpacked in their order."""

    def __init__(self, s3, parts):
        self.s3, self.parts = s3, parts
        self.slots = threading.Semaphore(THREADS)
        self.numbers = iter(range(len(parts)))
        self.fetched, self.changed = {}, threading.Condition()
        self.packed, self.unpacker = b"", None
        self.buffer, self.start, self.at, self.next = b"", 0, 0, 0
        for _ in range(THREADS):
            threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            self.slots.acquire()
            with self.changed:
                number = next(self.numbers, None)
            if number is None:
                return
            try:
                found = self.s3.get("part-%06d" % number, self.parts[number]["sha256"])
            except Exception as error:
                found = error
            with self.changed:
                self.fetched[number] = found
                self.changed.notify_all()

    def more(self):
        """The next bytes; none at the end."""
        while True:
            if self.unpacker:
                data = self.unpacker.decompress(self.packed, CHUNK)
                self.packed = self.unpacker.unconsumed_tail
                if data or not self.unpacker.eof:
                    return data
                self.slots.release()
                self.unpacker = None
            if self.next == len(self.parts):
                return b""
            with self.changed:
                self.changed.wait_for(lambda: self.next in self.fetched)
                self.packed = self.fetched.pop(self.next)
            if isinstance(self.packed, Exception):
                raise self.packed
            self.next += 1
            self.unpacker = zlib.decompressobj(31)

    def read(self, size):
        while len(self.buffer) - self.start < size:
            data = self.more()
            if not data:
                raise Trouble("the archive ends early")
            self.buffer, self.start = self.buffer[self.start :] + data, 0
        self.start += size
        self.at += size
        return self.buffer[self.start - size : self.start]

    def tell(self):
        return self.at

    def seek(self, where):
        self.read(where - self.at)


class Import:
    def __init__(self, s3, report, root, job):
        self.report, self.root, self.job = report, root, job
        export = json.loads(s3.get("status.json", job["source_sha256"]))
        if export["format"] != FORMAT or export["state"] != "ok":
            raise Trouble("the export did not succeed, or has another format")
        self.make_room()
        self.check_space(export)
        self.unpack(Stream(s3, export["parts"]))
        os.sync()
        report.phase = "look-again"
        found = self.look().put(s3)
        wanted = export["manifest"]["digest"]
        if found["digest"] != wanted:
            report.fail("what is on the disk is not what was exported", ".")
        self.said = {"manifest": found, "source": {"status_sha256": job["source_sha256"], "digest": wanted}}

    def make_room(self):
        """Refuses a folder that is not empty, unless an attempt before this one found it empty, or, by consent, what
        is in it may be moved aside."""
        owner = (self.job["run"] + "/" + self.job["item"]).encode()
        aside = self.report.aside
        there = names_in(self.root)
        names = [name for name in there if not (name.startswith(aside) or own(Entry(name, self.root, name)))]
        if names and self.job["aside"]:
            # Also what an attempt before this one has left: somebody may have been at work since.
            aside += self.job["attempt"]
            os.mkdir(aside, 0o700, dir_fd=self.root)
            for name in names:
                os.rename(name, aside + "/" + name, src_dir_fd=self.root, dst_dir_fd=self.root)
                self.report.skip("moved to " + aside, name)
        elif names and mark_of(self.root) == owner:
            for name in names:
                remove(self.root, name)
        elif names:
            for name in names:
                self.report.fail("is in the folder already", name)
            raise Trouble("the folder is not empty")
        try:
            os.setxattr(self.root, MARK, owner)
        except OSError:
            # The next attempt will not know what this one leaves, and refuse.
            pass

    def check_space(self, export):
        """Refuses before anything is written if the files cannot fit."""
        found = os.fstatvfs(self.root)
        free, needed = found.f_bavail * found.f_frsize, int(export["disk"] * 1.05)
        if free < needed:
            raise Trouble("%d bytes are free, %d are needed" % (free, needed))
        free, needed = found.f_favail, export["manifest"]["entries"]
        # Some file systems do not count.
        if found.f_files and free < needed:
            raise Trouble("%d files are free, %d are needed" % (free, needed))

    def unpack(self, stream):
        tar = tarfile.TarFile(fileobj=stream, encoding="utf-8", errors="surrogateescape")
        self.stack = []
        for info in iter(tar.next, None):
            # It would keep every header in memory.
            tar.members = []
            try:
                self.entry(stream, info, info.name.split("/"))
            except OSError as error:
                self.report.fail(error.strerror, info.name)
                raise Trouble("the folder could not be filled")
            self.report.entries += 1
        self.leave(0)

    def leave(self, depth):
        """Gives folders their metadata, once nothing is put into them any more."""
        while len(self.stack) > depth:
            _, opened, info = self.stack.pop()
            finish("/proc/self/fd/%d/." % opened, info)
            os.close(opened)

    def entry(self, stream, info, steps):
        name = steps.pop()
        if name == ".":
            return self.stack.append((".", os.dup(self.root), info))
        steps.insert(0, ".")
        if [step for step, _, _ in self.stack[: len(steps)]] != steps or name == "..":
            raise Trouble("the archive is not in order")
        self.leave(len(steps))
        folder = self.stack[-1][1]
        path = "/proc/self/fd/%d/%s" % (folder, name)
        if info.isdir():
            # The file system's own may be there.
            if info.name != "lost+found" or name not in os.listdir(folder):
                os.mkdir(path, 0o700)
            return self.stack.append((name, os.open(path, FOLDER), info))
        if info.islnk():
            return os.link("/proc/self/fd/%d/%s" % (self.root, info.linkname), path, follow_symlinks=False)
        if info.issym():
            os.symlink(info.linkname, path)
        elif info.isfifo():
            os.mkfifo(path)
        else:
            self.file(stream, info.size, path)
        finish(path, info)

    def file(self, stream, left, path):
        """Writes a file, with holes where there are blocks of zeros."""
        with open(path, "xb", 0) as file:
            file.truncate(left)
            while left:
                data = stream.read(min(BLOCK, left))
                left -= len(data)
                self.report.bytes += len(data)
                if data == ZEROS:
                    file.seek(BLOCK, 1)
                while data != ZEROS and data:
                    data = data[file.write(data) :]

    def look(self):
        """A manifest of what is on the disk now."""
        lines, seen, report = manifest(), {}, self.report
        report.entries = 0
        for entry in walk(self.root, report):
            try:
                target = entry.linked and seen.get(entry.inode)
                said = entry.describe({} if target else entry.attributes(), target)
                if said["type"] == "file":
                    opened = entry.open()
                    # From the disk, not from the memory that it was written from.
                    os.posix_fadvise(opened, 0, 0, os.POSIX_FADV_DONTNEED)
                    with open(opened, "rb", 0) as file:
                        said["sha256"] = digest(chunks(file.read)).hexdigest()
                if entry.linked and not target:
                    seen[entry.inode] = entry.path
                report.disk += 0 if target else entry.stat.st_blocks * 512
                lines.add(said)
                report.count(said["type"])
            except OSError as error:
                report.fail(error.strerror or error, entry.path)
        return lines


def mark_of(root):
    try:
        return os.getxattr(root, MARK)
    except OSError:
        return None


def remove(folder, name):
    """Removes an entry and what is in it."""
    if not stat.S_ISDIR(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode):
        return os.unlink(name, dir_fd=folder)
    below = os.open(name, FOLDER, dir_fd=folder)
    for inner in os.listdir(below):
        remove(below, inner)
    os.close(below)
    os.rmdir(name, dir_fd=folder)


def finish(path, info):
    """Gives a restored entry its owner, attributes, mode and time, in the order in which none undoes another."""
    found = os.lstat(path)
    if (found.st_uid, found.st_gid) != (info.uid, info.gid):
        os.lchown(path, info.uid, info.gid)
    for key, value in info.pax_headers.items():
        if key.startswith("SCHILY.xattr."):
            os.setxattr(path, key[13:], value.encode("utf-8", "surrogateescape"), follow_symlinks=False)
    if not info.issym():
        os.chmod(path, info.mode)
    # Nine digits follow the point.
    time = int(info.pax_headers["mtime"].replace(".", ""))
    os.utime(path, ns=(time, time), follow_symlinks=False)


# </import>
# The attempt.


def identity(job):
    said = {name: job[name] for name in ("kind", "run", "item", "attempt", "nonce")}
    return dict(said, format=FORMAT, at=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()))


def beat(s3, report, over):
    while not over.wait(float(os.environ.get("REMEDIATE_BEAT", 30))):
        try:
            s3.put_json("beat.json", {"phase": report.phase, "bytes": report.bytes, "entries": report.entries}, True)
        except Trouble as trouble:
            print(trouble)


def stopped(number, _):
    raise Trouble("the worker was told to stop")


ROOT = os.environ.get("REMEDIATE_ROOT", "/home/ec2-user/SageMaker")


def main():
    with open(sys.argv[1]) as file:
        job = json.load(file)
    s3, report, over, said = S3(job, os.environ), Report(job), threading.Event(), {}
    root = os.open(ROOT, FOLDER)
    disk = os.fstatvfs(root)
    size, free = disk.f_blocks * disk.f_frsize, disk.f_bavail * disk.f_frsize
    python, kernel = sys.version.split()[0], os.uname().release
    s3.put_json("hello.json", {"python": python, "kernel": kernel, "uid": os.geteuid(), "size": size, "free": free})
    signal.signal(signal.SIGTERM, stopped)
    threading.Thread(target=beat, args=(s3, report, over), daemon=True).start()
    try:
        said = globals()[job["kind"].title()](s3, report, root, job).said
    except Exception as error:
        # Also a mistake of this program must be said.
        report.fail(error if isinstance(error, Trouble) else repr(error), ".")
        sys.excepthook(*sys.exc_info())
    over.set()
    names = "bytes", "disk", "counts", "failures", "failed", "skipped", "left_out", "quiet"
    said.update({name: getattr(report, name) for name in names}, state="failed" if report.failed else "ok")
    # <export>
    if report.failed and report.quiet:
        remount("rw")
    # </export>
    s3.put_json("status.json", said)
    # <import>
    if not report.failed and mark_of(root):
        os.removexattr(root, MARK)
    # </import>
    print("remediate: %s %s" % (job["kind"], said["state"]))
    return min(1, report.failed)


if __name__ == "__main__":
    sys.exit(main())
