package org.heliograph.agent.payload.senml;

import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.OptionalLong;
import org.heliograph.agent.payload.Refusal;

/**
 * CBOR (RFC 8949), item by item: definite and indefinite lengths, floats of all sizes, big numbers, decimal fractions and
 * big floats. Numbers come out exactly, but for a binary float: that is the shortest decimal that is read as it, which is
 * the one that its device meant. Tags that change nothing here are passed over.
 */
final class CborItems {
    /** A length that only a break ends. */
    private static final long INDEFINITE = Long.MAX_VALUE;

    private static final int NESTING_MAX = 16;
    private static final int BIG_BYTES_MAX = 64;
    private static final int EXPONENT_MAX = 1_100;

    private static final int UNSIGNED = 0;
    private static final int NEGATIVE = 1;
    private static final int BYTES = 2;
    private static final int TEXT = 3;
    private static final int ARRAY = 4;
    private static final int MAP = 5;
    private static final int TAG = 6;

    private static final int INFO_INDEFINITE = 31;
    private static final int BREAK = 0xff;

    private final ByteBuffer in;
    private int major;
    private int info;
    /** The head's argument; {@link #INDEFINITE} without one. Unsigned for numbers. */
    private long argument;

    CborItems(byte[] body) {
        in = ByteBuffer.wrap(body);
    }

    boolean isAtEnd() {
        return !in.hasRemaining();
    }

    /** The length of the array that comes; empty if something else does. */
    OptionalLong array() throws Malformed {
        return open(ARRAY);
    }

    /** The number of pairs of the map that comes; empty if something else does. */
    OptionalLong map() throws Malformed {
        return open(MAP);
    }

    /** Whether a container ends here, of which so many items are left, and if so behind it. */
    boolean ends(long left) throws Malformed {
        if (left <= INDEFINITE / 2) {
            return left == 0;
        }
        if (!in.hasRemaining()) {
            throw endedEarly();
        }
        if ((in.get(in.position()) & 0xff) == BREAK) {
            in.get();
            return true;
        }
        return false;
    }

    /** The next item, whole. */
    Field item() throws Malformed, Refusal {
        return item(0);
    }

    private OptionalLong open(int wanted) throws Malformed {
        head();
        while (major == TAG) {
            head();
        }
        return major == wanted ? OptionalLong.of(argument) : OptionalLong.empty();
    }

    private Field item(int depth) throws Malformed, Refusal {
        if (depth > NESTING_MAX) {
            throw new Malformed("not CBOR: nested deeper than " + NESTING_MAX);
        }
        head();
        return switch (major) {
            case UNSIGNED -> new Field.Numeric(new BigDecimal(unsigned(argument)));
            case NEGATIVE -> new Field.Numeric(new BigDecimal(unsigned(argument).not()));
            case BYTES -> {
                string(BYTES);
                yield new Field.Other();
            }
            case TEXT -> new Field.Text(text());
            case ARRAY, MAP -> {
                int each = major == MAP ? 2 : 1;
                for (long left = argument; !ends(left); left--) {
                    for (int i = 0; i < each; i++) {
                        item(depth + 1);
                    }
                }
                yield new Field.Other();
            }
            case TAG -> tagged(depth);
            default -> simple();
        };
    }

    private Field tagged(int depth) throws Malformed, Refusal {
        if (argument == 2 || argument == 3) {
            boolean negative = argument == 3;
            head();
            return big(negative);
        }
        if (argument == 4 || argument == 5) {
            return fraction(argument == 4, depth);
        }
        return item(depth + 1);
    }

    private Field big(boolean negative) throws Malformed, Refusal {
        if (major != BYTES) {
            throw new Malformed("not CBOR: a big number that isn't made of bytes");
        }
        byte[] bytes = string(BYTES);
        if (bytes.length > BIG_BYTES_MAX) {
            throw new Refusal("a number of " + bytes.length + " bytes is out of range");
        }
        BigInteger magnitude = new BigInteger(1, bytes);
        return new Field.Numeric(new BigDecimal(negative ? magnitude.not() : magnitude));
    }

    /** Tags 4 and 5: [exponent, mantissa] to the base of 10 or 2. */
    private Field fraction(boolean decimal, int depth) throws Malformed, Refusal {
        head();
        if (major != ARRAY || argument != 2) {
            throw new Malformed("not CBOR: a fraction that isn't [exponent, mantissa]");
        }
        if (!(item(depth + 1) instanceof Field.Numeric(BigDecimal exponent))
                || !(item(depth + 1) instanceof Field.Numeric(BigDecimal mantissa))) {
            throw new Malformed("not CBOR: a fraction that isn't [exponent, mantissa]");
        }
        if (exponent.scale() != 0
                || mantissa.scale() != 0
                || exponent.abs().compareTo(BigDecimal.valueOf(EXPONENT_MAX)) > 0) {
            throw new Refusal("a fraction with the exponent " + Refusal.quoted(exponent.toString())
                    + " is out of range, or not of whole numbers");
        }
        int power = exponent.intValueExact();
        if (decimal) {
            return new Field.Numeric(mantissa.scaleByPowerOfTen(power));
        }
        BigDecimal two = BigDecimal.TWO.pow(Math.abs(power));
        return new Field.Numeric(power < 0 ? mantissa.divide(two) : mantissa.multiply(two));
    }

    private Field simple() throws Malformed {
        return switch (info) {
            case 20 -> new Field.Flag(false);
            case 21 -> new Field.Flag(true);
            case 22 -> new Field.NoNumber("null");
            case 23 -> new Field.NoNumber("undefined");
            case 25 -> binary(Float.float16ToFloat((short) argument));
            case 26 -> binary(Float.intBitsToFloat((int) argument));
            case 27 -> {
                double value = Double.longBitsToDouble(argument);
                yield Double.isFinite(value)
                        ? new Field.Numeric(BigDecimal.valueOf(value))
                        : new Field.NoNumber(Double.toString(value));
            }
            case INFO_INDEFINITE -> throw new Malformed("not CBOR: a break where an item is due");
            default -> new Field.Other();
        };
    }

    private static Field binary(float value) {
        String text = Float.toString(value);
        return Float.isFinite(value) ? new Field.Numeric(new BigDecimal(text)) : new Field.NoNumber(text);
    }

    private String text() throws Malformed {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(string(TEXT)))
                    .toString();
        } catch (CharacterCodingException _) {
            throw new Malformed("not CBOR: a text that isn't UTF-8");
        }
    }

    /** The bytes of the string whose head was read, put together from its chunks if need be. */
    private byte[] string(int kind) throws Malformed {
        if (argument != INDEFINITE) {
            return chunk();
        }
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        while (!ends(INDEFINITE)) {
            head();
            if (major != kind || argument == INDEFINITE) {
                throw new Malformed("not CBOR: a chunk of another kind than its string");
            }
            whole.writeBytes(chunk());
        }
        return whole.toByteArray();
    }

    private byte[] chunk() throws Malformed {
        if (argument < 0 || argument > in.remaining()) {
            throw endedEarly();
        }
        int start = in.position();
        in.position(start + (int) argument);
        return Arrays.copyOfRange(in.array(), start, in.position());
    }

    private void head() throws Malformed {
        int first = (int) unsigned(1);
        major = first >> 5;
        info = first & 0x1f;
        argument = switch (info) {
            case 24 -> unsigned(1);
            case 25 -> unsigned(2);
            case 26 -> unsigned(4);
            case 27 -> unsigned(8);
            case 28, 29, 30 -> throw new Malformed("not CBOR: a head of no meaning");
            case INFO_INDEFINITE -> {
                if (major == UNSIGNED || major == NEGATIVE || major == TAG) {
                    throw new Malformed("not CBOR: a number without an end");
                }
                yield INDEFINITE;
            }
            default -> info;
        };
        // more items than there are bytes: it will end early, and is not to be taken for an indefinite length
        if ((major == ARRAY || major == MAP)
                && info != INFO_INDEFINITE
                && Long.compareUnsigned(argument, in.remaining()) > 0) {
            throw endedEarly();
        }
        if ((major == BYTES || major == TEXT) && info != INFO_INDEFINITE && argument == INDEFINITE) {
            throw endedEarly();
        }
    }

    private long unsigned(int bytes) throws Malformed {
        if (in.remaining() < bytes) {
            throw endedEarly();
        }
        return switch (bytes) {
            case 1 -> in.get() & 0xffL;
            case 2 -> in.getShort() & 0xffffL;
            case 4 -> in.getInt() & 0xffff_ffffL;
            default -> in.getLong();
        };
    }

    private static BigInteger unsigned(long bits) {
        BigInteger value = BigInteger.valueOf(bits & Long.MAX_VALUE);
        return bits < 0 ? value.setBit(Long.SIZE - 1) : value;
    }

    private static Malformed endedEarly() {
        return new Malformed("not CBOR: it ends within an item");
    }
}
