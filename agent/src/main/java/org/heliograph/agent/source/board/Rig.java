package org.heliograph.agent.source.board;

import com.pi4j.context.Context;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.heliograph.agent.intake.Admission;
import org.heliograph.agent.intake.Arrival;
import org.heliograph.agent.intake.Intake;
import org.heliograph.agent.intake.MachineClock;
import org.heliograph.agent.source.Source;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.reading.Sampling;
import org.heliograph.telemetry.reading.Stamp;
import org.heliograph.telemetry.wire.Loss;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The board while it is open: one thread for the pins, and one for each bus, as a bus may hang. */
final class Rig implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Rig.class);

    private static final String PINS = "board pins";
    private static final Duration CLOSE_WITHIN = Source.CLOSE_WITHIN.dividedBy(2);

    private final Context context;
    private final Hardware hardware;
    private final String site;
    private final Intake intake;
    private final MachineClock clock;
    private final Map<String, ScheduledThreadPoolExecutor> threads = new HashMap<>();

    Rig(Context context, Hardware hardware, String site, Intake intake, MachineClock clock) {
        this.context = context;
        this.hardware = hardware;
        this.site = site;
        this.intake = intake;
        this.clock = clock;
    }

    Context context() {
        return context;
    }

    Hardware hardware() {
        return hardware;
    }

    MachineClock clock() {
        return clock;
    }

    /** The threads of the pins, and of a bus. */
    String pins() {
        return PINS;
    }

    String bus(int bus) {
        return "board i2c " + bus;
    }

    void every(String thread, Duration period, Runnable work) {
        var _ = thread(thread).scheduleAtFixedRate(guarded(thread, work), 0, period.toNanos(), TimeUnit.NANOSECONDS);
    }

    void after(String thread, Duration wait, Runnable work) {
        try {
            var _ = thread(thread).schedule(guarded(thread, work), wait.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException _) {
            log.debug("board=closing thread={}", thread);
        }
    }

    /** Not handed in again: the next report is as good, and what was measured for this one is a counted loss. */
    void report(String device, String source, Sampling sampling) {
        DeviceId id = new DeviceId(site, device);
        Readings readings = new Readings(id, "", sampling.series());
        var _ = intake.offer(readings, Stamp.ARRIVAL, new Arrival(source, id, new byte[0], clock.moment()))
                .thenAccept(admission -> {
                    if (admission instanceof Admission.Full) {
                        intake.lost(id, Loss.TURNED_AWAY, 1, readings.size());
                    }
                });
    }

    private synchronized ScheduledThreadPoolExecutor thread(String name) {
        return threads.computeIfAbsent(name, _ -> {
            ScheduledThreadPoolExecutor thread = new ScheduledThreadPoolExecutor(
                    1, Thread.ofPlatform().daemon().name(name).factory());
            thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
            return thread;
        });
    }

    private static Runnable guarded(String thread, Runnable work) {
        return () -> {
            try {
                work.run();
            } catch (RuntimeException e) {
                log.error("board=fault thread={}", thread, e);
            }
        };
    }

    /** A bus that hangs isn't waited for: its thread is the kernel's until it answers. */
    @Override
    public synchronized void close() {
        threads.values().forEach(ScheduledThreadPoolExecutor::shutdown);
        long deadline = System.nanoTime() + CLOSE_WITHIN.toNanos();
        try {
            for (ScheduledThreadPoolExecutor thread : threads.values()) {
                if (!thread.awaitTermination(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                    thread.shutdownNow();
                }
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
