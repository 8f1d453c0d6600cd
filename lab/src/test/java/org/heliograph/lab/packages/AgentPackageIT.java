package org.heliograph.lab.packages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.heliograph.lab.packages.Root.Answer;
import org.heliograph.lab.pipeline.Pipeline;
import org.heliograph.lab.pipeline.Plan;
import org.heliograph.lab.pipeline.Programs;
import org.heliograph.lab.pipeline.Settling;
import org.heliograph.lab.server.HeliographProcess;
import org.heliograph.lab.server.Mosquitto;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The agent's Debian package: installed on a Debian (this machine's files, changed in memory only), run as its unit says,
 * upgraded in the middle of a replay, removed, purged; and the engine and its neighbours, from their tarball, rolled one by
 * one meanwhile. No unit is started by systemd here: what the unit says is read from it, and its syntax is verified.
 */
class AgentPackageIT {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final String CONFIGURATION = "/etc/heliograph/agent.yaml";
    private static final String ENABLED = "/etc/systemd/system/multi-user.target.wants/heliograph-agent.service";
    private static final String JOURNAL = "/var/lib/heliograph-agent/edge-1.journal";
    private static final Path UNIT = Path.of("../agent/src/main/packaging/heliograph-agent.service");

    @TempDir
    private Path folder;

    private Path deb;
    private Path streams;
    private Root machine;

    @BeforeEach
    void install() throws IOException {
        Optional<Path> built = Built.debianPackage();
        Optional<Path> unpacked = Built.program("streams", "streams");
        assumeTrue(built.isPresent() && unpacked.isPresent(), Built.MISSING);
        assumeTrue(Mosquitto.available(), "mosquitto isn't installed");
        assumeTrue(Root.available(folder.resolve("try")), "this user may not mount");
        deb = built.get();
        streams = unpacked.get();
        machine = Root.overThisMachine(folder.resolve("machine"));
    }

    @AfterEach
    void forget() {
        if (machine != null) {
            machine.close();
        }
    }

    @Test
    void an_upgrade_of_every_program_in_the_middle_of_a_replay_loses_no_reading() throws Exception {
        succeed("dpkg", "--install", deb.toString());
        assertInstalled();

        Instant start = Instant.now().truncatedTo(ChronoUnit.HOURS).minus(Duration.ofHours(2));
        Plan plan = Plan.of(folder.resolve("site"), start).withRacks(4).withBroker(Plan.Broker.MOSQUITTO);
        try (Pipeline pipeline = Pipeline.start(plan, new Installed(), _ -> {});
                HeliographProcess second = secondInstance(plan);
                LivePauses pauses = new LivePauses(pipeline.kafka().bootstrap())) {
            Deque<Change> changes = new ArrayDeque<>(List.of(
                    new Change(15, () -> {
                        upgradeAgent();
                        pipeline.agent().restart(); // as the package has systemd do where it runs
                    }),
                    new Change(30, pipeline.streams()::restart),
                    new Change(45, second::restart)));
            List<CompletableFuture<Void>> restarts = new ArrayList<>();
            pipeline.site().replay(start, start.plus(HOUR), Duration.ofMinutes(1), 5, (reached, _, _) -> {
                if (!changes.isEmpty()
                        && !reached.isBefore(start.plus(changes.getFirst().after()))) {
                    restarts.forEach(CompletableFuture::join); // one by one
                    restarts.add(
                            CompletableFuture.runAsync(changes.removeFirst().made()));
                }
            });
            assertThat(changes).isEmpty();
            restarts.forEach(CompletableFuture::join);

            assertThat(pipeline.awaitWholeMinutes(start, start.plus(HOUR), PATIENCE, _ -> {}))
                    .as("every minute arrived whole")
                    .isTrue();
            assertThat(Settling.wrong(
                            pipeline,
                            PATIENCE,
                            () ->
                                    pipeline
                                            .check()
                                            .windows("1m", Duration.ofMinutes(1), start, start.plus(HOUR))
                                            .stream()
                                            .flatMap(window -> window.differences().stream())
                                            .toList()))
                    .isEmpty();
            assertThat(succeed("dpkg-query", "--show", "heliograph-agent")).contains("99");
            System.out.println(
                    "the longest pause of hg.live: " + pauses.longest().toMillis() + " ms");
        }
        assertReinstalled();
        assertRemoved();
    }

    /** What is done to a program so long after the replay's start, while it goes on. */
    private record Change(Duration after, Runnable made) {
        Change(int minutes, Runnable made) {
            this(Duration.ofMinutes(minutes), made);
        }
    }

    private void assertInstalled() throws IOException {
        assertThat(succeed("id", "--name", "--groups", "heliograph-agent")).contains("gpio", "i2c");
        assertThat(succeed("stat", "--format=%U %G %a", CONFIGURATION)).isEqualTo("root heliograph-agent 640\n");
        assertThat(succeed("stat", "--format=%U %a", "/var/lib/heliograph-agent"))
                .isEqualTo("heliograph-agent 750\n");
        assertThat(Files.size(machine.path("/var/lib/heliograph-agent/agent.aot")))
                .isPositive();
        assertThat(succeed("heliograph-agent", "--version")).startsWith("heliograph agent 0.");
        assertThat(succeed("heliograph-agent", "check", CONFIGURATION)).isNotEmpty();
        assertThat(succeed("systemd-analyze", "verify", "heliograph-agent.service"))
                .isEmpty();
        assertThat(Files.readString(machine.path("/usr/lib/heliograph/agent/bom.json")))
                .contains("CycloneDX", "californium-core");
        assertThat(Files.readString(machine.path("/lib/udev/rules.d/10-heliograph-agent.rules")))
                .contains("GROUP=\"gpio\"", "GROUP=\"i2c\"");
        assertThat(Files.readString(machine.path("/usr/share/doc/heliograph-agent/copyright")))
                .contains("bom.json");
    }

    /** A newer version of the same, over a configuration that somebody has edited. */
    private void upgradeAgent() {
        try {
            Path contents = folder.resolve("newer");
            succeed("dpkg-deb", "--raw-extract", deb.toString(), contents.toString());
            Path control = contents.resolve("DEBIAN/control");
            succeed("sed", "--in-place", "s/^Version: .*/Version: 99/", control.toString());
            String edited = Files.readString(machine.path(CONFIGURATION));
            succeed("dpkg", "--install", built(contents).toString());
            assertThat(Files.readString(machine.path(CONFIGURATION))).isEqualTo(edited);
            assertThat(machine.path("/var/lib/heliograph-agent/agent.aot")).isNotEmptyFile();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path built(Path contents) throws IOException {
        Path deb = folder.resolve("newer.deb");
        succeed("dpkg-deb", "--build", "-Znone", contents.toString(), deb.toString());
        return deb;
    }

    /** Beside a systemd that only notes what it is told. No cache of classes is made each time: it has been, twice. */
    private void assertReinstalled() throws IOException {
        succeed("mkdir", "--parents", "/run/systemd/system", ENABLED.substring(0, ENABLED.lastIndexOf('/')));
        succeed("sh", "-ec", """
                printf '#!/bin/sh\\necho "$@" >>/run/told\\n[ "$1" != is-active ] || cat /run/is\\n' >/usr/local/bin/systemctl
                echo active >/run/is
                chmod +x /usr/local/bin/systemctl
                ln -s /lib/systemd/system/heliograph-agent.service "$1"
                """, "sh", ENABLED);
        Path prepare = machine.path(
                folder.resolve("newer/usr/lib/heliograph/agent/bin/prepare").toString());
        assertThat(prepare).isNotEmptyFile();
        Files.writeString(prepare, "#!/bin/sh\n");
        String newer = built(folder.resolve("newer")).toString();

        succeed("dpkg", "--remove", "heliograph-agent");
        assertThat(told()).contains("stop heliograph-agent.service").doesNotContain("disable");
        assertThat(succeed("dpkg", "--install", newer)).doesNotContain("systemctl enable");
        assertThat(told()).contains("\nrestart heliograph-agent.service");

        assertThat(succeed("dpkg", "--install", newer)).doesNotContain("systemctl enable");
        assertThat(told())
                .as("it doesn't outlive its files")
                .containsSubsequence("stop heliograph-agent.service", "restart heliograph-agent.service");

        // it waits for something that it needs; its configuration was refused
        for (String waits : List.of("activating", "failed")) {
            succeed("sh", "-c", "echo " + waits + " >/run/is");
            succeed("dpkg", "--install", newer);
            assertThat(told())
                    .as(waits)
                    .containsSubsequence("stop heliograph-agent.service", "restart heliograph-agent.service");
        }

        succeed("sh", "-c", "echo inactive >/run/is");
        succeed("dpkg", "--install", newer);
        assertThat(told()).as("the operator has stopped it").doesNotContain("start ", "enable ");

        succeed("rm", ENABLED);
        succeed("dpkg", "--remove", "heliograph-agent");
        assertThat(succeed("dpkg", "--install", newer)).contains("systemctl enable --now heliograph-agent");
        assertThat(told()).doesNotContain("\nrestart");
        succeed("ln", "-s", "/lib/systemd/system/heliograph-agent.service", ENABLED);
    }

    private String told() throws IOException {
        String told = succeed("cat", "/run/told");
        succeed("rm", "/run/told");
        return told;
    }

    private void assertRemoved() throws IOException {
        succeed("dpkg", "--remove", "heliograph-agent");
        assertThat(machine.path("/usr/lib/heliograph")).doesNotExist();
        assertThat(machine.path(CONFIGURATION)).exists();
        assertThat(machine.path(JOURNAL)).exists();
        assertThat(succeed("dpkg", "--purge", "heliograph-agent")).contains("the journal stays");
        assertThat(Files.isSymbolicLink(machine.path(ENABLED))).isFalse();
        assertThat(machine.path("/etc/heliograph")).doesNotExist();
        assertThat(machine.path(JOURNAL)).exists();
    }

    private String succeed(String... command) throws IOException {
        Answer answer = machine.run(command);
        assertThat(answer.status())
                .as("%s: %s", List.of(command), answer.output())
                .isZero();
        return answer.output();
    }

    /** The same engine once more, under a name and with a state of its own. */
    private HeliographProcess secondInstance(Plan plan) throws IOException {
        Path first = plan.folder().resolve("streams.yaml");
        Path second = Files.writeString(
                plan.folder().resolve("streams-2.yaml"),
                Files.readString(first).replace("streams-1", "streams-2").replace("state: state", "state: state-2"));
        return new Installed().streams(plan.folder().resolve("streams-2"), second);
    }

    /** The agent from its package, as its unit runs it; streams from its tarball. */
    private final class Installed implements Programs {
        @Override
        public HeliographProcess agent(Path home, Path config) {
            try {
                Files.writeString(
                        machine.path(CONFIGURATION), Files.readString(config).replace("journal.db", JOURNAL));
                Map<String, String> unit = unit();
                List<String> command = new ArrayList<>(List.of(
                        "setpriv",
                        "--reuid",
                        said(unit, "User"),
                        "--regid",
                        said(unit, "Group"),
                        "--init-groups",
                        "--no-new-privs",
                        "--bounding-set=-all",
                        "env",
                        said(unit, "Environment")));
                command.addAll(List.of(said(unit, "ExecStart").split(" ")));
                assertThat(command).contains(CONFIGURATION);
                return HeliographProcess.command("agent", home, machine.command(command.toArray(String[]::new)));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public HeliographProcess streams(Path home, Path config) {
            return HeliographProcess.command(
                    "streams",
                    home,
                    List.of(
                            "env",
                            "JAVA_OPTS=-Xmx512m -XX:+UseSerialGC",
                            streams.resolve("bin/heliograph-streams").toString(),
                            "run",
                            config.toString()));
        }
    }

    private static String said(Map<String, String> unit, String name) {
        return Optional.ofNullable(unit.get(name)).orElseThrow();
    }

    private static Map<String, String> unit() throws IOException {
        Map<String, String> unit = new HashMap<>();
        for (String line : Files.readAllLines(UNIT)) {
            int equals = line.indexOf('=');
            if (equals > 0 && !line.startsWith("#")) {
                unit.put(line.substring(0, equals), line.substring(equals + 1));
            }
        }
        return unit;
    }
}
