package org.heliograph.agent.fuzz;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Makes broken inputs of whole ones: bits, bytes, numbers, pieces cut, doubled, moved, and taken from another input. */
public final class Mutation {
    /** No transport hands on more. */
    private static final int BYTES_MAX = 64 << 10;

    private static final int STEPS_MAX = 6;
    private static final int REPEATS_MAX = 2_000;

    /** What parsers stumble over. */
    private static final List<byte[]> TOKENS = List.of(
            bytes("[[[[[[[[[[[[[[[["),
            bytes("{\"n\":"),
            bytes("]"),
            bytes("}"),
            bytes("\""),
            bytes("\\ud800"),
            bytes("\\u0000"),
            bytes("null"),
            bytes("NaN"),
            bytes("1e999"),
            bytes("-1e-999"),
            bytes("9223372036854775808"),
            bytes("-0"),
            bytes("0.1e1000000000"),
            bytes("1".repeat(400)),
            bytes("\"bver\":11"),
            bytes("\"x_\":1"),
            bytes("\"bt\":1e18"),
            bytes("&a [*a,*a]"),
            bytes("!!java.lang.Runtime {}"),
            bytes("{1..999999999}"),
            bytes("- {id: "),
            bytes("\t"),
            new byte[] {(byte) 0x9F},
            new byte[] {(byte) 0xBF},
            new byte[] {(byte) 0x9B, 0x7F, -1, -1, -1, -1, -1, -1, -1},
            new byte[] {(byte) 0xFB, 0x7F, (byte) 0xF8, 0, 0, 0, 0, 0, 0},
            new byte[] {-1, -1, -1, -1, -1, -1, -1, -1, -1, 1},
            new byte[] {0x0A, -1, -1, -1, -1, 0x0F},
            new byte[] {(byte) 0xC3, 0x28});

    private Mutation() {}

    public static byte[] of(List<byte[]> seeds, SplittableRandom random) {
        byte[] input = seeds.get(random.nextInt(seeds.size())).clone();
        int steps = 1 + random.nextInt(STEPS_MAX);
        for (int i = 0; i < steps; i++) {
            input = step(input, seeds, random);
        }
        return input.length <= BYTES_MAX ? input : Arrays.copyOf(input, BYTES_MAX);
    }

    private static byte[] step(byte[] input, List<byte[]> seeds, SplittableRandom random) {
        int at = random.nextInt(input.length + 1);
        int to = at + random.nextInt(input.length - at + 1);
        return switch (random.nextInt(9)) {
            case 0 -> flip(input, random);
            case 1 -> splice(input, at, to, new byte[0]);
            case 2 -> splice(input, at, at, Arrays.copyOfRange(input, at, to));
            case 3 -> splice(input, at, at, TOKENS.get(random.nextInt(TOKENS.size())));
            case 4 -> splice(input, at, to, TOKENS.get(random.nextInt(TOKENS.size())));
            case 5 -> Arrays.copyOf(input, at);
            case 6 -> {
                byte[] other = seeds.get(random.nextInt(seeds.size()));
                yield splice(
                        input,
                        at,
                        input.length,
                        Arrays.copyOfRange(other, random.nextInt(other.length + 1), other.length));
            }
            case 7 -> repeat(input, at, Math.min(to, at + 16), random);
            default -> digit(input, random);
        };
    }

    private static byte[] flip(byte[] input, SplittableRandom random) {
        if (input.length > 0) {
            input[random.nextInt(input.length)] ^= (byte) (1 << random.nextInt(8));
        }
        return input;
    }

    /** Numbers are where the meaning is. */
    private static byte[] digit(byte[] input, SplittableRandom random) {
        for (int i = 0; i < input.length; i++) {
            if (input[i] >= '0' && input[i] <= '9' && random.nextInt(4) == 0) {
                input[i] = (byte) "0123456789-.eE+".charAt(random.nextInt(15));
            }
        }
        return input;
    }

    private static byte[] repeat(byte[] input, int from, int to, SplittableRandom random) {
        byte[] piece = Arrays.copyOfRange(input, from, to);
        byte[] repeated = new byte[piece.length * random.nextInt(REPEATS_MAX)];
        for (int i = 0; i < repeated.length; i++) {
            repeated[i] = piece[i % piece.length];
        }
        return splice(input, from, from, repeated);
    }

    private static byte[] splice(byte[] input, int from, int to, byte[] between) {
        byte[] result = new byte[input.length - (to - from) + between.length];
        System.arraycopy(input, 0, result, 0, from);
        System.arraycopy(between, 0, result, from, between.length);
        System.arraycopy(input, to, result, from + between.length, input.length - to);
        return result;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
