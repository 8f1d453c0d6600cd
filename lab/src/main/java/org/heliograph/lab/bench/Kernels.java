package org.heliograph.lab.bench;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.heliograph.streams.energy.DeviceHistory;
import org.heliograph.streams.energy.DeviceMinute;
import org.heliograph.streams.factor.FactorBook;
import org.heliograph.streams.factor.Factors;
import org.heliograph.streams.indicator.Figures;
import org.heliograph.streams.indicator.Sums;
import org.heliograph.streams.sample.Samples;
import org.heliograph.streams.site.SiteMinute;
import org.heliograph.streams.site.SiteShare;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.site.Device;
import org.heliograph.telemetry.site.Role;
import org.heliograph.telemetry.site.SiteModel;
import org.heliograph.telemetry.wire.MalformedPackException;
import org.heliograph.telemetry.wire.PackCodec;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** The engine's arithmetic alone, on a rack PDU's minute and on the Casablanca site's: no Kafka, no store. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class Kernels {
    private static final int QUARTERS = 96;
    private static final int MINUTES = 15;
    private static final int IT = 380;
    private static final long START = Instant.parse("2026-06-01T10:00:00Z").toEpochMilli();

    private byte[] pack = new byte[0];
    private Samples minute = Samples.empty();
    private Samples oneReading = Samples.empty();
    private Samples context = Samples.empty();
    private SiteModel site = Fleet.of(1, 10, Instant.EPOCH, Duration.ZERO, Shape.MINUTE)
            .sites()
            .getFirst()
            .model();
    private Device device = site.devices().getFirst();
    private DeviceHistory history = DeviceHistory.of(site, device.id());
    private SiteShare share = SiteShare.EMPTY;
    private Map<Role, Integer> expected = Map.of();
    private FactorBook.Choice factors = Factors.SHIPPED.chosenBy(site, Instant.ofEpochMilli(START));
    private Sums sums = Sums.ZERO;
    private List<Sums> quarters = List.of();

    /** Makes what the kernels work on. */
    @Setup
    public void prepare() {
        Instant from = Instant.ofEpochMilli(START);
        Fleet fleet = Fleet.of(1, 10, from.minusSeconds(60), Duration.ofMinutes(3), Shape.MINUTE);
        site = fleet.sites().getFirst().model();
        device = site.devices().stream()
                .filter(one -> one.role() == Role.IT)
                .findFirst()
                .orElseThrow();
        List<Samples> told = new ArrayList<>();
        fleet.tell((readings, value) -> {
            if (readings.device().device().equals(device.id())) {
                told.add(Samples.of(readings));
                pack = value;
            }
        });
        Samples all = Samples.empty();
        for (Samples one : told) {
            all = all.plus(one);
        }
        history = DeviceHistory.of(site, device.id());
        context = all.around(START, START + DeviceMinute.LENGTH_MILLIS, 2);
        minute = all.between(START, START + DeviceMinute.LENGTH_MILLIS - 10_000);
        oneReading = all.between(START + DeviceMinute.LENGTH_MILLIS - 10_000, START + DeviceMinute.LENGTH_MILLIS);
        expected = Map.of(Role.GRID, 1, Role.PV, 10, Role.UPS, 2, Role.FLOOR_PDU, 8, Role.IT, IT, Role.COOLING, 24);
        share = SiteShare.EMPTY;
        for (Map.Entry<Role, Integer> role : expected.entrySet()) {
            Map<Point, Long> energies = role.getKey() == Role.GRID
                    ? Map.of(Point.ENERGY_IMPORT, 60_000_000_000L, Point.ENERGY_EXPORT, 0L)
                    : Map.of(Point.ENERGY, 100_000_000L);
            for (int i = 0; i < role.getValue(); i++) {
                share = share.plus(SiteShare.of(role.getKey().label() + i, role.getKey(), energies, true, false));
            }
        }
        factors = Factors.SHIPPED.chosenBy(site, Instant.ofEpochMilli(START));
        sums = Sums.of(new SiteMinute(share, expected), factors);
        quarters = Collections.nCopies(QUARTERS, sums);
    }

    /** A record's bytes to readings. */
    @Benchmark
    public Readings decodePack() throws MalformedPackException {
        return PackCodec.decode(pack).readings().orElseThrow();
    }

    /** An instant of five points into the device's minute. */
    @Benchmark
    public Samples readingIntoMinute() {
        return minute.plus(oneReading);
    }

    /** A device's minute from its samples. */
    @Benchmark
    public DeviceMinute measureMinute() {
        return DeviceMinute.of(history, device, context, START);
    }

    /** A site's minute, added up by role, into the key figures. */
    @Benchmark
    public double siteMinuteIntoFigures() {
        Figures figures = new Figures(Sums.of(new SiteMinute(share, expected), factors), 1);
        return figures.category().map(figures::pue).orElseThrow().orElse(0)
                + figures.selfConsumption().orElse(0)
                + figures.carbonUsageEffectiveness().orElse(0);
    }

    /** A changed minute into its quarter (15 minutes) and its day (96 quarters), each added up anew. */
    @Benchmark
    public Sums dayRollUp() {
        Sums quarter = Sums.ZERO;
        for (int i = 0; i < MINUTES; i++) {
            quarter = quarter.plus(sums);
        }
        Sums day = quarter;
        for (Sums other : quarters) {
            day = day.plus(other);
        }
        return day;
    }
}
