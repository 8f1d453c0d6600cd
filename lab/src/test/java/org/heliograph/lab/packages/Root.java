package org.heliograph.lab.packages;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The root folder of a system that is none of this machine's: its processes see it as {@code /}, share the network, and
 * leave nothing behind. For whoever may mount.
 */
final class Root implements AutoCloseable {
    /** Over this machine's own files: they are seen, and what is changed is changed in memory. */
    private static final String OVER_THIS_MACHINE = """
            mount -t tmpfs tmpfs "$1"
            mkdir "$1/changes" "$1/work" "$1/root"
            mount -t overlay overlay -o "lowerdir=/,upperdir=$1/changes,workdir=$1/work" "$1/root"
            """;

    /** The files of a few of Debian's packages: those of its smallest image that programs may ask for. */
    private static final String OF_PACKAGES = """
            mount -t tmpfs tmpfs "$1"
            for folder in usr/bin usr/sbin usr/lib usr/lib64 tmp proc dev etc var/lib; do
              mkdir -p "$1/root/$folder"
            done
            for merged in bin sbin lib lib64; do
              [ ! -h "/$merged" ] || cp -a "/$merged" "$1/root/$merged"
            done
            for package in coreutils dash grep libacl1 libattr1 libc6 libcrypt1 libgcc-s1 libgmp10 libpcre2-8-0 \
                libselinux1 libssl3 libstdc++6 sed zlib1g; do
              dpkg -L "$package"
            done | grep -E '^/(usr/)?s?(bin|lib|lib64)/' | while read -r file; do
              if [ -h "$file" ] || [ -f "$file" ]; then echo "${file#/}"; fi
            done >"$1/files"
            tar -C / -cf - -T "$1/files" | tar -C "$1/root" --keep-directory-symlink -xf -
            """;

    private static final String REST = """
            mount --bind /proc "$1/root/proc"
            mount --rbind /dev "$1/root/dev"
            echo mounted
            exec cat
            """;

    private final Process keeper;
    private final Path inside;

    private Root(Process keeper, Path inside) {
        this.keeper = keeper;
        this.inside = inside;
    }

    /** What a command said and its exit status. */
    record Answer(int status, String output) {}

    /** Whether this user may have one on this machine. */
    static boolean available(Path folder) {
        try (Root root = overThisMachine(folder)) {
            return root.run("true").status() == 0;
        } catch (IOException _) {
            return false;
        }
    }

    static Root overThisMachine(Path folder) throws IOException {
        return start(folder, OVER_THIS_MACHINE);
    }

    static Root ofPackages(Path folder) throws IOException {
        return start(folder, OF_PACKAGES);
    }

    private static Root start(Path folder, String mounts) throws IOException {
        Path at = Files.createDirectories(folder).toAbsolutePath();
        Process keeper = new ProcessBuilder(
                        "unshare",
                        "--mount",
                        "--propagation",
                        "private",
                        "sh",
                        "-ec",
                        mounts + REST,
                        "sh",
                        at.toString())
                .redirectErrorStream(true)
                .start();
        StringBuilder said = new StringBuilder();
        // not a reader: it would take more than the line, and the process outlives it
        for (int next = keeper.getInputStream().read();
                next >= 0;
                next = keeper.getInputStream().read()) {
            said.append((char) next);
            if (said.toString().endsWith("mounted\n")) {
                return new Root(keeper, at.resolve("root"));
            }
        }
        keeper.destroyForcibly();
        throw new IOException("no root folder could be mounted: " + said);
    }

    /** From now on nothing in it can be written but {@code /tmp} and a folder that belongs to a user. */
    void seal(String user, String folder) throws IOException {
        Answer answer = finish(entering("sh", "-ec", """
                mkdir -p "$1$3"
                mount --rbind "$1" "$1"
                mount -o remount,bind,ro "$1"
                mount -t tmpfs -o mode=1777 tmpfs "$1/tmp"
                mount -t tmpfs -o "uid=$2" tmpfs "$1$3"
                """, "sh", inside.toString(), user, folder));
        if (answer.status() != 0) {
            throw new IOException("can't be sealed: " + answer.output());
        }
    }

    /** A command in it, to be started as a process of this machine. */
    List<String> command(String... command) {
        return commandAs("0:0", command);
    }

    private List<String> commandAs(String user, String... command) {
        return entering(Stream.concat(
                        Stream.of("chroot", "--userspec=" + user, "--groups=", inside.toString()), Stream.of(command))
                .toArray(String[]::new));
    }

    private List<String> entering(String... command) {
        return Stream.concat(Stream.of("nsenter", "--mount=/proc/" + keeper.pid() + "/ns/mnt"), Stream.of(command))
                .toList();
    }

    /** Runs a command in it to its end. */
    Answer run(String... command) throws IOException {
        return finish(command(command));
    }

    /** The same, as another user, {@code uid:gid}. */
    Answer runAs(String user, String... command) throws IOException {
        return finish(commandAs(user, command));
    }

    private static Answer finish(List<String> command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            return new Answer(process.waitFor(), output);
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    /** One of its files, for this machine. */
    Path path(String absolute) {
        return Path.of("/proc/" + keeper.pid() + "/root" + inside + absolute);
    }

    @Override
    public void close() {
        keeper.destroyForcibly();
        try {
            keeper.waitFor(10, TimeUnit.SECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
