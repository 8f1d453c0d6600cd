package org.heliograph.agent.source.gpio;

import com.pi4j.context.Context;
import com.pi4j.io.gpio.digital.DigitalInput;
import com.pi4j.io.gpio.digital.DigitalState;
import com.pi4j.io.gpio.digital.PullResistance;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.heliograph.agent.config.AgentConfig;
import org.heliograph.agent.intake.Arrival;
import org.heliograph.agent.intake.Intake;
import org.heliograph.agent.source.Backoff;
import org.heliograph.agent.source.Source;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.reading.Sampling;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** S0 pulse outputs on GPIO pins: each is a register, reported at its period. */
public final class GpioSource implements Source {
    private static final Logger log = LoggerFactory.getLogger(GpioSource.class);

    /** Works on every Pi, also 5, and needs no root. */
    public static final String GPIOD = "gpiod-digital-input";

    private static final Duration RETRY_FIRST = Duration.ofSeconds(1);
    private static final Duration RETRY_LAST = Duration.ofMinutes(1);
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(1);

    private final List<AgentConfig.Gpio> config;
    private final String site;
    private final Counts counts;
    private final InstantSource clock;
    private final Supplier<Context> hardware;
    private final String provider;
    private final List<Runnable> reports = new ArrayList<>();
    private final Duration retryFirst;
    private @Nullable Thread starting;
    private @Nullable Context context;
    private @Nullable ScheduledThreadPoolExecutor timer;

    /**
     * Nothing is touched before the start.
     *
     * @param hardware makes the Pi4J context
     * @param provider Pi4J's name of what reads pins
     */
    public GpioSource(
            List<AgentConfig.Gpio> config,
            String site,
            Counts counts,
            InstantSource clock,
            Supplier<Context> hardware,
            String provider) {
        this(config, site, counts, clock, hardware, provider, RETRY_FIRST);
    }

    GpioSource(
            List<AgentConfig.Gpio> config,
            String site,
            Counts counts,
            InstantSource clock,
            Supplier<Context> hardware,
            String provider,
            Duration retryFirst) {
        this.retryFirst = retryFirst;
        this.config = config;
        this.site = site;
        this.counts = counts;
        this.clock = clock;
        this.hardware = hardware;
        this.provider = provider;
    }

    @Override
    public void start(Intake intake) {
        starting = Thread.ofVirtual().name("gpio starting").start(() -> keepTrying(intake));
    }

    /** The machine may still be starting: its GPIO driver comes when it comes, and another program may have a pin yet. */
    private void keepTrying(Intake intake) {
        Backoff backoff = new Backoff(retryFirst, RETRY_LAST);
        List<AgentConfig.Gpio> missing = new ArrayList<>(config);
        Set<String> told = new HashSet<>();
        try {
            while (true) {
                try {
                    open(missing, intake, told);
                } catch (RuntimeException e) {
                    if (told.add("")) {
                        log.error("gpio=absent reason={}", reason(e));
                    }
                }
                if (missing.isEmpty()) {
                    return;
                }
                Thread.sleep(backoff.next());
            }
        } catch (InterruptedException _) {
            log.debug("gpio=closed missing={}", missing.size());
        }
    }

    /** Opens what is missing, and leaves in it what still is. */
    private synchronized void open(List<AgentConfig.Gpio> missing, Intake intake, Set<String> told) {
        if (context == null) {
            context = hardware.get();
        }
        if (timer == null) {
            timer = new ScheduledThreadPoolExecutor(
                    1, Thread.ofPlatform().name("gpio").factory());
        }
        for (AgentConfig.Gpio input : List.copyOf(missing)) {
            try {
                Runnable report = open(input, context, intake);
                reports.add(report);
                missing.remove(input);
                long millis = input.period().toMillis();
                var _ = timer.scheduleAtFixedRate(guarded(input, report), 0, millis, TimeUnit.MILLISECONDS);
                log.info("gpio=counting device={} pin={}", input.device(), input.pin());
            } catch (RuntimeException e) {
                if (told.add(input.device())) {
                    log.error("gpio=absent device={} pin={} reason={}", input.device(), input.pin(), reason(e));
                }
            }
        }
    }

    /** Reports every count once more, so that the pulses since the last report aren't lost. */
    @Override
    public void close() {
        if (starting != null) {
            starting.interrupt();
            try {
                starting.join(CLOSE_WITHIN);
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        }
        end();
    }

    private synchronized void end() {
        if (timer != null) {
            timer.shutdown();
            try {
                if (!timer.awaitTermination(CLOSE_WITHIN.toMillis(), TimeUnit.MILLISECONDS)) {
                    timer.shutdownNow();
                }
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        }
        reports.forEach(Runnable::run);
        reports.clear();
        if (context != null) {
            context.shutdown();
        }
    }

    private Runnable open(AgentConfig.Gpio input, Context on, Intake intake) {
        DeviceId device = new DeviceId(site, input.device());
        // the key says what was counted: another meter constant on the same device is another register
        String key = "s0/" + input.device() + "/" + input.point().label() + "/" + input.pulsesPerKilowattHour();
        PulseCounter counter = new PulseCounter(counts.of(key), input.pulsesPerKilowattHour());
        DigitalInput pin = on.create(DigitalInput.newConfigBuilder(on)
                .id("s0-" + input.device())
                .address(input.pin())
                .pull(PullResistance.PULL_UP)
                .debounce(TimeUnit.NANOSECONDS.toMicros(input.debounce().toNanos()))
                .provider(provider)
                .build());
        // an S0 output is an open collector: a pulse pulls the line down
        pin.addListener(change -> {
            if (change.state() == DigitalState.LOW) {
                counter.pulse();
            }
        });
        String source = "gpio:" + input.pin();
        return () -> {
            Instant now = clock.instant();
            long pulses = counter.pulses();
            counts.keep(key, pulses);
            Sampling sampling = new Sampling()
                    .register(
                            input.point(),
                            now.toEpochMilli(),
                            counter.energy(pulses).value());
            // whatever the answer: a register's next report makes up for one that was turned away
            var _ = intake.offer(
                    new Readings(device, "", sampling.series()), new Arrival(source, device, new byte[0], now));
        };
    }

    private static Runnable guarded(AgentConfig.Gpio input, Runnable report) {
        return () -> {
            try {
                report.run();
            } catch (RuntimeException e) {
                log.error("gpio=fault device={}", input.device(), e);
            }
        };
    }

    private static String reason(RuntimeException e) {
        Throwable cause = e.getCause();
        return e.getMessage() + (cause == null ? "" : " (" + cause.getMessage() + ")");
    }
}
