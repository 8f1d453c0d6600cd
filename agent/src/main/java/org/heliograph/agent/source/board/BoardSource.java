package org.heliograph.agent.source.board;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.heliograph.agent.config.Board;
import org.heliograph.agent.intake.Intake;
import org.heliograph.agent.intake.MachineClock;
import org.heliograph.agent.source.Source;
import org.heliograph.telemetry.Backoff;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Everything that is configured on the board. What can't be opened is tried again; the rest doesn't wait for it. */
public final class BoardSource implements Source {
    private static final Logger log = LoggerFactory.getLogger(BoardSource.class);

    private static final Duration RETRY_FIRST = Duration.ofSeconds(1);
    private static final Duration RETRY_LAST = Duration.ofMinutes(1);
    /** The rest of a source's time is for the buses. */
    private static final Duration STARTING_WITHIN = CLOSE_WITHIN.dividedBy(2);

    private final String site;
    private final MachineClock clock;
    private final Hardware hardware;
    private final Duration retryFirst;
    private final List<Part> parts = new ArrayList<>();
    private final List<SensorInput> sensors;
    private final List<Part> open = new ArrayList<>();
    private @Nullable Thread starting;
    private @Nullable Rig rig;

    /**
     * Nothing is touched before the start.
     *
     * @param signal what the light is to show; asked every two seconds
     */
    public BoardSource(
            Board config, String site, Counts counts, Supplier<Signal> signal, MachineClock clock, Hardware hardware) {
        this(config, site, counts, signal, clock, hardware, RETRY_FIRST);
    }

    BoardSource(
            Board config,
            String site,
            Counts counts,
            Supplier<Signal> signal,
            MachineClock clock,
            Hardware hardware,
            Duration retryFirst) {
        this.site = site;
        this.clock = clock;
        this.hardware = hardware;
        this.retryFirst = retryFirst;
        this.sensors = config.sensors().stream().map(SensorInput::new).toList();
        config.pulses().forEach(pulses -> parts.add(new PulseInput(pulses, counts)));
        config.contacts().forEach(contact -> parts.add(new ContactInput(contact)));
        parts.addAll(sensors);
        Board.Led led = config.led();
        if (led != null) {
            parts.add(new StatusLed(led, signal));
        }
    }

    /** By device: measurements of sensors, or values of one, that weren't to be had or not to be believed. */
    public Map<String, Long> absences() {
        Map<String, Long> absences = new TreeMap<>();
        sensors.forEach(sensor -> absences.merge(sensor.device(), sensor.absences(), Long::sum));
        return absences;
    }

    @Override
    public Needs needs() {
        return Needs.NOTHING;
    }

    @Override
    public void start(Intake intake) {
        starting = Thread.ofVirtual().name("board starting").start(() -> keepTrying(intake));
    }

    /** The machine may still be starting: its drivers come when they come, and another program may have a pin yet. */
    private void keepTrying(Intake intake) {
        Backoff backoff = new Backoff(retryFirst, RETRY_LAST);
        List<Part> missing = new ArrayList<>(parts);
        Set<Part> told = new HashSet<>();
        boolean absent = false;
        try {
            while (true) {
                try {
                    open(missing, intake, told);
                } catch (RuntimeException | LinkageError e) {
                    if (!absent) {
                        absent = true;
                        log.error("board=absent reason={}", reason(e));
                    }
                }
                if (missing.isEmpty()) {
                    return;
                }
                Thread.sleep(backoff.next());
            }
        } catch (InterruptedException _) {
            log.debug("board=closed missing={}", missing.size());
        }
    }

    /** Opens what is missing, and leaves in it what still is. */
    private synchronized void open(List<Part> missing, Intake intake, Set<Part> told) {
        if (rig == null) {
            rig = new Rig(hardware.context().get(), hardware, site, intake, clock);
        }
        for (Part part : List.copyOf(missing)) {
            try {
                part.open(rig);
                missing.remove(part);
                open.add(part);
                log.info("board=open {}", part.name());
            } catch (RuntimeException | LinkageError e) {
                if (told.add(part)) {
                    log.error("board=absent {} reason={}", part.name(), reason(e));
                }
            }
        }
    }

    @Override
    public void close() {
        if (starting != null) {
            starting.interrupt();
            try {
                starting.join(STARTING_WITHIN);
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        }
        end();
    }

    private synchronized void end() {
        if (rig == null) {
            return;
        }
        rig.close();
        open.forEach(Part::close);
        open.clear();
        rig.context().shutdown();
        rig = null;
    }

    private static String reason(Throwable e) {
        Throwable cause = e.getCause();
        if (String.valueOf(e.getMessage()).startsWith("No gpio chip")) {
            return "this machine has no GPIO (/dev/gpiochip*), or this user may not open it";
        }
        return e.getMessage() + (cause == null ? "" : " (" + cause.getMessage() + ")");
    }
}
