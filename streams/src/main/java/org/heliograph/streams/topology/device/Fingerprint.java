package org.heliograph.streams.topology.device;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** 64 bits that stand for some bytes: others have the same once in 2^64. (MurmurHash64A, which is in the public domain.) */
final class Fingerprint {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long M = 0xc6a4a7935bd1e995L;
    private static final int R = 47;

    private Fingerprint() {}

    static long of(byte[] bytes) {
        long h = bytes.length * M;
        int i = 0;
        for (; i + Long.BYTES <= bytes.length; i += Long.BYTES) {
            h = (h ^ mixed((long) LONGS.get(bytes, i))) * M;
        }
        long rest = 0;
        for (int k = bytes.length - 1; k >= i; k--) {
            rest = rest << Byte.SIZE | (bytes[k] & 0xff);
        }
        h = (h ^ rest) * M;
        h = (h ^ h >>> R) * M;
        return h ^ h >>> R;
    }

    private static long mixed(long k) {
        long mixed = k * M;
        return (mixed ^ mixed >>> R) * M;
    }
}
