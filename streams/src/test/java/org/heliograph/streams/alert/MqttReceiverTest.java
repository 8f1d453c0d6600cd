package org.heliograph.streams.alert;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.regex.Pattern;
import org.heliograph.streams.alert.Receiver.Outcome;
import org.heliograph.telemetry.wire.v1.Alert;
import org.heliograph.telemetry.wire.v1.AlertState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Beside the lab's tests with a real broker: what one says that forbids a topic. */
class MqttReceiverTest {
    private static final Alert CASA = alert("casa1");
    private static final Alert LYON = alert("lyon1");

    private final BlockingQueue<String> published = new LinkedBlockingQueue<>();
    private volatile String forbidden = "";
    private ServerSocket broker;
    private MqttReceiver receiver;

    private static Alert alert(String site) {
        return Alert.newBuilder()
                .setSite(site)
                .setDevice("pdu-1")
                .setRule("leak")
                .setState(AlertState.RAISED)
                .setMessage("the leak contact says 1")
                .setTimeMs(1_750_000_000_000L)
                .build();
    }

    @BeforeEach
    void start() throws IOException {
        broker = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
        receiver = new MqttReceiver(new AlertSettings.Mqtt(
                "tcp://127.0.0.1:" + broker.getLocalPort(), "alerts", "", Optional.empty(), Optional.empty()));
    }

    @AfterEach
    void stop() throws IOException {
        receiver.close();
        broker.close();
    }

    @Test
    void what_the_broker_takes_is_told() {
        assertThat(receiver.tell(List.of(CASA), List.of(CASA))).isEqualTo(new Outcome.Told());
        assertThat(published).containsExactly("hg/casa1/alerts/pdu-1/leak", "hg/casa1/alerts/pdu-1/leak");
    }

    @Test
    void a_broker_that_forbids_all_of_it_has_taken_nothing_until_it_is_allowed() {
        forbidden = "hg/";

        assertThat(receiver.tell(List.of(CASA), List.of(CASA)))
                .isEqualTo(new Outcome.Away("the broker refuses hg/casa1/alerts/pdu-1/leak: not authorized (0x87)"));
        published.clear();
        forbidden = "hg/lyon1";
        assertThat(receiver.tell(List.of(CASA), List.of(CASA))).isEqualTo(new Outcome.Told());
        assertThat(published).as("what stands, again").hasSize(2);
    }

    @Test
    void a_site_whose_topic_is_forbidden_keeps_nobody_elses_alerts_back() {
        forbidden = "hg/lyon1";

        assertThat(receiver.tell(List.of(LYON, CASA), List.of()))
                .isEqualTo(new Outcome.Refused(
                        List.of(LYON), "the broker refuses hg/lyon1/alerts/pdu-1/leak: not authorized (0x87)"));
        assertThat(published).contains("hg/casa1/alerts/pdu-1/leak");
    }

    /** It mayn't have any other site's alert to tell when it connects: whose news come later is told of them. */
    @Test
    void nor_does_one_that_is_the_only_one_with_an_alert_when_it_connects() {
        forbidden = "hg/lyon1";
        String reason = "the broker refuses hg/lyon1/alerts/pdu-1/leak: not authorized (0x87)";

        for (int i = 1; i < MqttReceiver.MOST_IN_VAIN; i++) {
            assertThat(receiver.tell(List.of(LYON), List.of(LYON))).isEqualTo(new Outcome.Away(reason));
        }
        assertThat(receiver.tell(List.of(LYON), List.of(LYON)))
                .isEqualTo(new Outcome.Refused(List.of(LYON), reason, true));
        assertThat(receiver.tell(List.of(CASA), List.of(LYON, CASA)))
                .isEqualTo(new Outcome.Refused(List.of(LYON), reason));
        assertThat(published).contains("hg/casa1/alerts/pdu-1/leak");
    }

    /** The broker has retained that it stands. */
    @Test
    void an_end_that_a_broker_refused_is_told_once_it_takes_alerts_again() {
        Alert end = LYON.toBuilder().setState(AlertState.CLEARED).build();
        forbidden = "hg/";
        for (int i = 1; i < MqttReceiver.MOST_IN_VAIN; i++) {
            assertThat(receiver.tell(List.of(end), List.of())).isInstanceOf(Outcome.Away.class);
        }
        assertThat(receiver.tell(List.of(end), List.of())).isInstanceOf(Outcome.Refused.class);

        published.clear();
        forbidden = "";
        assertThat(receiver.tell(List.of(), List.of())).isEqualTo(new Outcome.Told());
        assertThat(published).containsExactly("hg/lyon1/alerts/pdu-1/leak");
    }

    @Test
    void a_list_of_rights_that_is_mended_ends_no_connection_and_what_was_refused_is_told_all_the_same() {
        Alert end = alert("oslo1").toBuilder().setState(AlertState.CLEARED).build();
        forbidden = "hg/[lo]";
        assertThat(receiver.tell(List.of(CASA, LYON, end), List.of(CASA, LYON))).isInstanceOf(Outcome.Refused.class);
        assertThat(receiver.tell(List.of(), List.of(CASA, LYON))).isEqualTo(new Outcome.Told());
        assertThat(receiver.owesEnds()).isTrue();

        published.clear();
        forbidden = "";
        assertThat(receiver.tell(List.of(), List.of(CASA, LYON))).isEqualTo(new Outcome.Told());
        assertThat(published).containsExactly("hg/oslo1/alerts/pdu-1/leak", "hg/lyon1/alerts/pdu-1/leak");
        assertThat(receiver.owesEnds()).isFalse();

        published.clear();
        assertThat(receiver.tell(List.of(), List.of(CASA, LYON))).isEqualTo(new Outcome.Told());
        assertThat(published).as("told once").isEmpty();
    }

    @Test
    void what_was_refused_and_has_ended_meanwhile_is_not_offered_again() {
        forbidden = "hg/lyon";
        receiver.tell(List.of(CASA, LYON), List.of(CASA, LYON));

        published.clear();
        forbidden = "";
        assertThat(receiver.tell(List.of(), List.of(CASA))).isEqualTo(new Outcome.Told());
        assertThat(published).isEmpty();
    }

    @Test
    void what_has_ended_is_told_by_a_process_that_follows_one_that_could_not() {
        receiver.recall(List.of(LYON.toBuilder().setState(AlertState.CLEARED).build()));
        assertThat(receiver.tell(List.of(), List.of(CASA))).isEqualTo(new Outcome.Told());
        assertThat(published).containsExactly("hg/lyon1/alerts/pdu-1/leak", "hg/casa1/alerts/pdu-1/leak");
    }

    /** It stands anew: its end would follow it. */
    @Test
    void an_end_that_was_refused_is_not_told_of_what_has_begun_again() {
        Alert end = CASA.toBuilder().setState(AlertState.CLEARED).build();
        forbidden = "hg/";
        receiver.tell(List.of(end), List.of());

        published.clear();
        forbidden = "";
        assertThat(receiver.tell(List.of(), List.of(CASA))).isEqualTo(new Outcome.Told());
        assertThat(published).hasSize(1);
    }

    private void accept() {
        while (!broker.isClosed()) {
            try {
                Socket client = broker.accept();
                Thread.ofVirtual().start(() -> answer(client));
            } catch (IOException _) {
                return; // it was closed
            }
        }
    }

    private void answer(Socket client) {
        try (client;
                DataInputStream in = new DataInputStream(client.getInputStream())) {
            while (true) {
                int type = in.readUnsignedByte() >> 4;
                byte[] packet = in.readNBytes(length(in));
                switch (type) {
                    case 1 -> client.getOutputStream().write(new byte[] {0x20, 3, 0, 0, 0});
                    case 3 -> {
                        int end = 2 + (packet[0] << 8) + packet[1];
                        String topic = new String(packet, 2, end - 2, StandardCharsets.UTF_8);
                        published.add(topic);
                        boolean refuses = !forbidden.isEmpty()
                                && Pattern.compile(forbidden).matcher(topic).lookingAt();
                        client.getOutputStream().write(new byte[] {
                            0x40, 4, packet[end], packet[end + 1], (byte) (refuses ? 0x87 : 0x10), 0
                        });
                    }
                    default -> {
                        // a farewell
                    }
                }
            }
        } catch (IOException _) {
            // it is gone
        }
    }

    private static int length(DataInputStream in) throws IOException {
        int length = 0;
        int shift = 0;
        int digit;
        do {
            digit = in.readUnsignedByte();
            length |= (digit & 0x7F) << shift;
            shift += 7;
        } while (digit > 0x7F);
        return length;
    }
}
