package org.heliograph.lab.pki;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "certificates",
        description = {
            "Makes a certificate authority for development, and a certificate for each part.",
            "Servers (mqtt-broker, kafka, influxdb, coap-agent, page), clients (agent, streams, operator), devices."
        },
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Writes NAME.pem (certificate), NAME.key (PKCS#8, unencrypted, for its owner only) and NAME-keystore.pem "
                    + "(both, as Kafka's clients take them), and the same of the authority, ca.",
            "The key of the authority lies beside what it signed: not for production.",
            "",
            "Examples:",
            "  ./heliograph certificates --out certificates",
            "  ./heliograph certificates --out certificates --host kafka.hall --host 10.0.3.1 --device crac-01",
            "",
            "Exit codes: 0 ok, 1 failed, 2 wrong usage."
        })
public final class CertificatesCommand implements Callable<Integer> {
    private static final List<String> SERVERS = List.of("mqtt-broker", "kafka", "influxdb", "coap-agent", "page");
    private static final List<String> CLIENTS = List.of("agent", "streams", "operator");
    private static final List<String> LOOPBACK = List.of("localhost", "127.0.0.1", "::1");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9*][A-Za-z0-9.-]{0,252}|[0-9a-fA-F:.]{2,45}");
    private static final int DAYS_MAX = 825;

    @Option(
            names = "--out",
            paramLabel = "FOLDER",
            required = true,
            description = "The folder to create. One that has an authority already is left unchanged.")
    private Path out = Path.of("certificates");

    @Option(
            names = "--host",
            paramLabel = "HOST",
            description = "Another DNS name or address of the servers, in addition to localhost. Repeatable.")
    private List<String> hosts = new ArrayList<>();

    @Option(
            names = "--device",
            paramLabel = "NAME",
            description = "A device that gets a certificate, in FOLDER/devices. Repeatable.")
    private List<String> devices = new ArrayList<>();

    @Option(
            names = "--days",
            paramLabel = "N",
            description = "Days for which certificates are valid. Default: ${DEFAULT-VALUE}")
    private int days = 90;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

    @Override
    public Integer call() {
        require(days >= 1 && days <= DAYS_MAX, "--days is not between 1 and " + DAYS_MAX);
        hosts.forEach(host -> require(HOST.matcher(host).matches(), "--host '" + host + "' is no name or address"));
        devices.forEach(name -> require(NAME.matcher(name).matches(), "--device '" + name + "' is no device's name"));
        require(
                !Files.exists(out.resolve("ca.pem")),
                out + " has an authority already; choose another folder, or remove it first");
        try {
            int made = write(Instant.now(), Duration.ofDays(days));
            PrintWriter print = spec.commandLine().getOut();
            print.println(made + " certificates in " + out + ", valid for " + days + " days");
            print.flush();
            return CommandLine.ExitCode.OK;
        } catch (IOException e) {
            spec.commandLine().getErr().println("heliograph certificates: can't write: " + e);
            return CommandLine.ExitCode.SOFTWARE;
        }
    }

    private int write(Instant now, Duration validity) throws IOException {
        DevelopmentAuthority authority = DevelopmentAuthority.create(now, validity);
        List<String> reachedBy = new ArrayList<>(LOOPBACK);
        reachedBy.addAll(hosts);
        for (String name : SERVERS) {
            authority.issue(Subject.peer(name, reachedBy), now, validity).write(out, name);
        }
        for (String name : CLIENTS) {
            authority.issue(Subject.client(name), now, validity).write(out, name);
        }
        for (String name : devices) {
            authority.issue(Subject.client(name), now, validity).write(out.resolve("devices"), name);
        }
        // last: what stopped halfway can be begun again
        authority.own().write(out, "ca");
        return SERVERS.size() + CLIENTS.size() + devices.size();
    }

    private void require(boolean condition, String message) {
        if (!condition) {
            throw new CommandLine.ParameterException(spec.commandLine(), message);
        }
    }
}
