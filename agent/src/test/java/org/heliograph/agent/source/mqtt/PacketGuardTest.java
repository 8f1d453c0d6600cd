package org.heliograph.agent.source.mqtt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class PacketGuardTest {
    private static final byte[] CONNACK = {0x20, 2, 0, 0};
    private static final byte[] PING = {(byte) 0xD0, 0};
    private static final int PUBLISH = 0x32;

    @Test
    void what_is_short_enough_goes_through_as_it_is() throws IOException {
        byte[] said = joined(
                CONNACK,
                packet(PUBLISH, 0),
                packet(PUBLISH, 127),
                packet(PUBLISH, 128),
                PING,
                packet(PUBLISH, 16_384),
                packet(PUBLISH, Link.PACKET_BYTES_MAX),
                CONNACK);

        assertThat(new PacketGuard(new ByteArrayInputStream(said), true).readAllBytes())
                .isEqualTo(said);
        assertThat(new PacketGuard(new Slow(said), false).readAllBytes())
                .as("however it comes")
                .isEqualTo(said);
    }

    @Test
    void a_packet_that_claims_more_ends_the_connection() {
        for (int type : new int[] {PUBLISH, 0x20, 0x90}) {
            byte[] claim = {(byte) type, -1, -1, -1, 0x7F};
            assertThatThrownBy(() ->
                            new PacketGuard(new ByteArrayInputStream(joined(CONNACK, claim)), false).readAllBytes())
                    .isInstanceOf(IOException.class)
                    .hasMessage("a packet of 268435455 bytes, more than 131072");
        }
        assertThatThrownBy(() -> new PacketGuard(new ByteArrayInputStream(new byte[] {0x20, -1, -1, -1, -1, 1}), true)
                        .readAllBytes())
                .hasMessage("a packet's length without an end");
    }

    @Test
    void a_message_that_is_longer_is_cut_where_its_broker_can_not_be_told_and_what_is_behind_it_comes()
            throws IOException {
        byte[] large = packet(PUBLISH, 300_000);
        byte[] cut = joined(
                new byte[] {PUBLISH, (byte) 0x80, (byte) 0x80, 8},
                Arrays.copyOfRange(large, 4, 4 + Link.PACKET_BYTES_MAX));

        assertThat(new PacketGuard(new ByteArrayInputStream(joined(CONNACK, large, PING)), true).readAllBytes())
                .isEqualTo(joined(CONNACK, cut, PING));
        assertThat(new PacketGuard(new Slow(joined(large, PING)), true).readAllBytes())
                .isEqualTo(joined(cut, PING));
    }

    @Test
    void a_read_that_is_given_up_is_gone_on_with() throws IOException {
        byte[] said = joined(CONNACK, packet(PUBLISH, 200), packet(PUBLISH, 200_000), PING);
        PacketGuard guard = new PacketGuard(new Halting(said), true);
        ByteArrayOutputStream heard = new ByteArrayOutputStream();
        while (true) {
            try {
                int one = guard.read();
                if (one < 0) {
                    break;
                }
                heard.write(one);
            } catch (SocketTimeoutException _) {
                // as Paho does: again
            }
        }
        assertThat(heard.toByteArray()).isEqualTo(new PacketGuard(new ByteArrayInputStream(said), true).readAllBytes());
    }

    /** A byte at a time. */
    private static class Slow extends InputStream {
        private final InputStream in;

        Slow(byte[] said) {
            in = new ByteArrayInputStream(said);
        }

        @Override
        public int read() throws IOException {
            return in.read();
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            return in.read(into, offset, Math.min(1, length));
        }
    }

    /** Every other time nothing. */
    private static final class Halting extends Slow {
        private boolean halts;

        Halting(byte[] said) {
            super(said);
        }

        @Override
        public int read() throws IOException {
            halt();
            return super.read();
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            halt();
            return super.read(into, offset, length);
        }

        private void halt() throws SocketTimeoutException {
            halts = !halts;
            if (halts) {
                throw new SocketTimeoutException();
            }
        }
    }

    private static byte[] packet(int type, int length) {
        ByteArrayOutputStream packet = new ByteArrayOutputStream();
        packet.write(type);
        int rest = length;
        do {
            packet.write((rest & 0x7F) | (rest > 0x7F ? 0x80 : 0));
            rest >>= 7;
        } while (rest > 0);
        byte[] body = new byte[length];
        new SplittableRandom(length).nextBytes(body);
        packet.writeBytes(body);
        return packet.toByteArray();
    }

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }
}
