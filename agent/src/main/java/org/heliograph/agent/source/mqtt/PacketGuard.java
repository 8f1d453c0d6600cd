package org.heliograph.agent.source.mqtt;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * What a broker says, but no packet longer than may be: Paho takes memory for whatever length a packet's first bytes claim,
 * and five bytes would end an agent with a small heap. A message of 3.1.1, whose broker can't be told what is too long, is
 * cut instead, so that it is refused and acknowledged rather than brought for ever.
 */
final class PacketGuard extends InputStream {
    private static final int PUBLISH = 3;
    private static final int TYPE_SHIFT = 4;
    private static final int HEADER_BYTES_MAX = 5;
    private static final int DIGIT_BITS = 7;
    private static final int SCRATCH_BYTES = 1_024;
    private static final int DIGIT = 0x7F;
    private static final int MORE = 0x80;

    private final InputStream in;
    private final boolean cuts;
    /** What was read of a packet's type and length; kept where a read was given up, as Paho's are after a while. */
    private final byte[] header = new byte[HEADER_BYTES_MAX];

    private final byte[] scratch = new byte[SCRATCH_BYTES];
    private int headerBytes;
    /** What is to be handed on before {@link #in} is: a header, at its position. */
    private byte[] next = new byte[0];

    private int nextAt;
    private long left;
    private long skipped;

    PacketGuard(InputStream in, boolean cuts) {
        this.in = in;
        this.cuts = cuts;
    }

    /** Ends a connection whose broker was told what is too long. */
    static InputStream ending(InputStream in) {
        return over(in, false);
    }

    /** Cuts messages of 3.1.1; ends a connection for anything else that is too long. */
    static InputStream cutting(InputStream in) {
        return over(in, true);
    }

    /** Paho asks for a packet's first bytes one by one: each would be a call of the system. */
    private static InputStream over(InputStream in, boolean cuts) {
        return new PacketGuard(new BufferedInputStream(in), cuts);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (nextAt == next.length && left == 0 && !begin()) {
            return -1;
        }
        if (nextAt < next.length) {
            int bytes = Math.min(length, next.length - nextAt);
            System.arraycopy(next, nextAt, into, offset, bytes);
            nextAt += bytes;
            return bytes;
        }
        int bytes = in.read(into, offset, (int) Math.min(length, left));
        left -= Math.max(0, bytes);
        return bytes;
    }

    /** Gets to the next packet; false at the end of all. */
    private boolean begin() throws IOException {
        while (skipped > 0) { // not by skip(), which forgets how far it was when it is given up
            int bytes = in.read(scratch, 0, (int) Math.min(scratch.length, skipped));
            if (bytes < 0) {
                return false;
            }
            skipped -= bytes;
        }
        while (headerBytes < 2 || (header[headerBytes - 1] & MORE) != 0) {
            if (headerBytes == HEADER_BYTES_MAX) {
                throw new IOException("a packet's length without an end");
            }
            int read = in.read();
            if (read < 0) {
                return false;
            }
            header[headerBytes++] = (byte) read;
        }
        long length = 0;
        for (int i = 1; i < headerBytes; i++) {
            length |= (long) (header[i] & DIGIT) << (DIGIT_BITS * (i - 1));
        }
        if (length <= Link.PACKET_BYTES_MAX) {
            next = Arrays.copyOf(header, headerBytes);
            left = length;
        } else if (cuts && (Byte.toUnsignedInt(header[0]) >> TYPE_SHIFT) == PUBLISH) {
            next = header(header[0], Link.PACKET_BYTES_MAX);
            left = Link.PACKET_BYTES_MAX;
            skipped = length - left;
        } else {
            throw new IOException("a packet of " + length + " bytes, more than " + Link.PACKET_BYTES_MAX);
        }
        nextAt = 0;
        headerBytes = 0;
        return true;
    }

    private static byte[] header(byte type, int length) {
        byte[] bytes = new byte[HEADER_BYTES_MAX];
        bytes[0] = type;
        int n = 1;
        for (int rest = length; rest > 0; rest >>= DIGIT_BITS) {
            bytes[n++] = (byte) ((rest & DIGIT) | ((rest >> DIGIT_BITS) > 0 ? MORE : 0));
        }
        return Arrays.copyOf(bytes, n);
    }

    @Override
    public int available() throws IOException {
        return next.length - nextAt + (left == 0 ? 0 : (int) Math.min(left, in.available()));
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
