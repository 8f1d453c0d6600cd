package org.heliograph.lab.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.heliograph.telemetry.security.Tls;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** What the authority signs opens a connection, and only to whom it was signed for. */
class CertificatesTest {
    private static final Duration DAY = Duration.ofDays(1);

    @TempDir
    Path folder;

    @Test
    void a_folder_of_certificates_opens_a_connection_in_which_both_sides_know_each_other() throws Exception {
        Path out = folder.resolve("made");
        assertThat(run("--out", out.toString(), "--host", "kafka.hall", "--device", "crac-01"))
                .isZero();

        assertThat(connect(
                        new Tls(out.resolve("ca.pem"), out.resolve("kafka.pem"), out.resolve("kafka.key")),
                        new Tls(
                                out.resolve("ca.pem"),
                                out.resolve("devices/crac-01.pem"),
                                out.resolve("devices/crac-01.key")),
                        "127.0.0.1"))
                .isEqualTo("CN=crac-01");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(out.resolve("kafka.key"))))
                .isEqualTo("rw-------");
    }

    @Test
    void an_authority_that_is_there_is_left_alone() throws Exception {
        Path out = folder.resolve("made");
        assertThat(run("--out", out.toString())).isZero();
        String before = Files.readString(out.resolve("ca.pem"));
        assertThat(run("--out", out.toString())).isEqualTo(2);
        assertThat(Files.readString(out.resolve("ca.pem"))).isEqualTo(before);
    }

    @ParameterizedTest
    @CsvSource({"--days, 0", "--days, 9999", "--host, a b", "--device, ../../etc/passwd"})
    void wrong_usage_is_refused_with_2_and_nothing_is_written(String option, String value) {
        Path out = folder.resolve("made");
        assertThat(run("--out", out.toString(), option, value)).isEqualTo(2);
        assertThat(out).doesNotExist();
    }

    @Test
    void an_expired_server_is_refused() throws IOException {
        DevelopmentAuthority authority = authority();
        Instant now = Instant.now();
        Identity expired = authority.issue(server("127.0.0.1"), now.minus(DAY), now.minus(Duration.ofMinutes(1)));
        assertThatThrownBy(() -> connect(tls(authority, expired, "server"), client(authority), "127.0.0.1"))
                .isInstanceOf(SSLException.class)
                .hasMessageContaining("validity");
    }

    @Test
    void a_server_of_another_name_is_refused() throws IOException {
        DevelopmentAuthority authority = authority();
        Identity other = authority.issue(server("10.9.8.7"), Instant.now(), DAY);
        assertThatThrownBy(() -> connect(tls(authority, other, "server"), client(authority), "127.0.0.1"))
                .isInstanceOf(SSLException.class);
    }

    @Test
    void a_client_of_another_authority_is_refused() throws IOException {
        DevelopmentAuthority authority = authority();
        DevelopmentAuthority stranger = authority();
        Identity server = authority.issue(server("127.0.0.1"), Instant.now(), DAY);
        Identity client = stranger.issue(Subject.client("agent"), Instant.now(), DAY);
        Tls trusting = tls(authority, client, "client");
        assertThatThrownBy(() -> connect(tls(authority, server, "server"), trusting, "127.0.0.1"))
                .isInstanceOf(IOException.class);
    }

    private static DevelopmentAuthority authority() {
        return DevelopmentAuthority.create(Instant.now(), DAY);
    }

    private static Subject server(String host) {
        return Subject.server("server", List.of(host));
    }

    private Tls client(DevelopmentAuthority authority) throws IOException {
        return tls(authority, authority.issue(Subject.client("agent"), Instant.now(), DAY), "client");
    }

    private Tls tls(DevelopmentAuthority authority, Identity identity, String name) throws IOException {
        Identity.PemFiles files = identity.write(folder, name);
        return new Tls(authority.own().write(folder, "ca").certificate(), files.certificate(), files.key());
    }

    /** Whom the server sees, after both have said who they are. */
    private static String connect(Tls server, Tls client, String host) throws Exception {
        try (SSLServerSocket listening = (SSLServerSocket)
                server.context().getServerSocketFactory().createServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            listening.setNeedClientAuth(true);
            CompletableFuture<String> seen = CompletableFuture.supplyAsync(() -> {
                try (SSLSocket accepted = (SSLSocket) listening.accept()) {
                    String peer = accepted.getSession().getPeerPrincipal().getName();
                    accepted.getOutputStream().write(1);
                    return peer;
                } catch (IOException e) {
                    return "refused: " + e.getMessage();
                }
            });
            try (SSLSocket socket =
                    (SSLSocket) client.context().getSocketFactory().createSocket(host, listening.getLocalPort())) {
                SSLParameters parameters = socket.getSSLParameters();
                parameters.setEndpointIdentificationAlgorithm("HTTPS");
                socket.setSSLParameters(parameters);
                socket.startHandshake();
                if (socket.getInputStream().read() < 0) {
                    throw new IOException("the server ended the connection");
                }
            }
            return seen.get();
        }
    }

    private static int run(String... arguments) {
        StringWriter nowhere = new StringWriter();
        return new CommandLine(new CertificatesCommand())
                .setOut(new PrintWriter(nowhere))
                .setErr(new PrintWriter(nowhere))
                .execute(arguments);
    }
}
