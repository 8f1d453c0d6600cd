package org.heliograph.agent.intake.time;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The machine that the agent runs on. Whether its clock is kept right is asked of the kernel ({@code adjtimex}), which every
 * time service tells, whichever it is; a file of one of them would say nothing of the others. Elsewhere than on Linux it
 * knows the clock only.
 */
public final class LinuxMachine implements Machine {
    private static final Logger log = LoggerFactory.getLogger(LinuxMachine.class);

    private static final Path UPTIME = Path.of("/proc/uptime");
    private static final Path START = Path.of("/proc/sys/kernel/random/boot_id");

    /** More than any architecture's {@code struct timex}; all zero asks and changes nothing. */
    private static final int TIMEX_BYTES = 512;
    /** What {@code adjtimex} returns while the clock isn't synchronised. */
    private static final int TIME_ERROR = 5;

    /** Each pack wants to know, and to ask costs it more than all else that is done with the clock. */
    private static final long ASK_EVERY_NANOS = 100_000_000;

    private volatile @Nullable Asked asked;
    private final AtomicBoolean told = new AtomicBoolean();
    private final @Nullable MethodHandle adjtimex = adjtimex();
    private final String start = start(START);
    private final long upAtStartMillis = upMillis(UPTIME);
    private final long nanosAtStart = System.nanoTime();

    @Override
    public long wallMillis() {
        return System.currentTimeMillis();
    }

    @Override
    public long upMillis() {
        return upAtStartMillis
                + Duration.ofNanos(System.nanoTime() - nanosAtStart).toMillis();
    }

    @Override
    public String start() {
        return start;
    }

    @Override
    public Sync sync() {
        Asked before = asked;
        long nanos = System.nanoTime();
        if (before != null && nanos - before.nanos < ASK_EVERY_NANOS) {
            return before.sync;
        }
        Sync now = ask();
        asked = new Asked(nanos, now);
        return now;
    }

    /** What the kernel said, and when. */
    private record Asked(long nanos, Sync sync) {}

    @SuppressWarnings("IllegalCatch") // a method handle may throw anything
    private Sync ask() {
        if (adjtimex == null) {
            return unknown("the machine has no adjtimex");
        }
        try (Arena arena = Arena.ofConfined()) {
            int said = (int) adjtimex.invokeExact(arena.allocate(TIMEX_BYTES, Long.BYTES));
            return said < 0
                    ? unknown("the kernel refuses adjtimex; a sandbox that filters system calls has to allow it")
                    : said == TIME_ERROR ? Sync.NO : Sync.YES;
        } catch (Throwable e) {
            return unknown(e.toString());
        }
    }

    /** Once: what follows from it, as readings that wait, is hard to find the reason of. */
    private Sync unknown(String reason) {
        if (!told.getAndSet(true)) {
            log.warn("clock=unasked reason={}", reason);
        }
        return Sync.UNKNOWN;
    }

    @SuppressWarnings("restricted") // the launcher allows it
    private static @Nullable MethodHandle adjtimex() {
        try {
            Linker linker = Linker.nativeLinker();
            MemorySegment function = linker.defaultLookup().find("adjtimex").orElse(MemorySegment.NULL);
            return function.equals(MemorySegment.NULL)
                    ? null
                    : linker.downcallHandle(function, FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
        } catch (RuntimeException e) {
            log.debug("clock=unasked reason={}", e.toString());
            return null;
        }
    }

    private static String start(Path file) {
        try {
            return Files.readString(file, StandardCharsets.US_ASCII).trim();
        } catch (IOException _) {
            return UUID.randomUUID().toString();
        }
    }

    private static long upMillis(Path file) {
        try {
            String seconds = Files.readString(file, StandardCharsets.US_ASCII).split(" ", 2)[0];
            return (long) (Double.parseDouble(seconds) * 1_000);
        } catch (IOException | NumberFormatException _) {
            return 0;
        }
    }
}
