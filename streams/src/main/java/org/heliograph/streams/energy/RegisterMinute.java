package org.heliograph.streams.energy;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.heliograph.streams.sample.Samples;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Series;
import org.heliograph.telemetry.site.Device;
import org.heliograph.telemetry.site.Profile.PointSpec;
import org.heliograph.telemetry.site.Role;

/**
 * One register over one minute, together with the device's own power: the register is the truth; power, integrated,
 * fills what it doesn't cover, and is the cross-check.
 */
record RegisterMinute(
        DeviceHistory history, Device device, Point register, Samples context, long startMillis, long endMillis) {
    /** A step over a long gap is one as any other, but for how it is spread. */
    private static final Set<Flag> PLAIN = Set.of(Flag.INTERPOLATED);

    /** An inverter that was last heard of at more than so many times its meter's starting power wasn't lost at dusk. */
    private static final int TWILIGHT = 10;

    Metered measure(Evidence evidence) {
        Counted counted = counted(evidence.spans().apply(register));
        return counted.plain()
                .map(plain -> plain.crossChecked(evidence.standstills().apply(register)))
                .orElse(counted.whole());
    }

    /**
     * What the device's power says has flowed while the register stood still; 0 where it didn't, or where a meter of this
     * rating needn't have counted; {@link StandstillHour#UNREAD_MILLIJOULES} where power wasn't read.
     */
    long heldBackMillijoules(List<Span> spans) {
        return counted(spans).plain().map(Plain::heldBackMillijoules).orElse(0L);
    }

    /**
     * What is known of the minute before it is checked.
     *
     * @param plain there where the register covers all of it plainly, and the device has power to compare it with
     */
    private record Counted(Metered whole, Optional<Plain> plain) {}

    private Counted counted(List<Span> spans) {
        PointSpec spec = device.profile().points().get(register);
        RegisterTrack track = spec == null
                ? null
                : RegisterTrack.of(context, register, history).orElse(null);
        RegisterMeter.Counted counted = spec == null || track == null
                ? new RegisterMeter.Counted(Metered.NOTHING, List.of(new Gaps.Gap(startMillis, endMillis)))
                : RegisterMeter.measure(track, spans, startMillis, endMillis, spec, rests(spec));
        Optional<PointSpec> powerSpec = DeviceHistory.power(device);
        if (DeviceMinute.isBeside(device, register) // the device's power is of the register that the role counts
                || powerSpec.isEmpty()
                || !(context.of(Point.POWER).orElse(null) instanceof Series.Gauge power)) {
            return new Counted(counted.energy(), Optional.empty());
        }
        Metered whole = counted.energy();
        for (Gaps.Gap gap : counted.gaps()) {
            whole = whole.plus(integrated(power, powerSpec.get(), gap.fromMillis(), gap.toMillis()));
        }
        boolean isPlain = counted.gaps().isEmpty() && PLAIN.containsAll(whole.flags());
        return new Counted(
                whole,
                isPlain && track != null && spec != null
                        ? Optional.of(new Plain(whole, track, spec, power, powerSpec.get()))
                        : Optional.empty());
    }

    /** Solar inverters produce nothing by night; one that counts coarsely may have produced what it doesn't show. */
    private RegisterMeter.Rests rests(PointSpec spec) {
        boolean isKnown = device.role() == Role.PV && StepRules.isFine(spec);
        return isKnown ? this::isNight : RegisterMeter.Rests.NONE;
    }

    /** Whether a time reaches over one midnight of the site, and no noon. */
    private boolean isNight(long fromMillis, long toMillis) {
        LocalDateTime from =
                Instant.ofEpochMilli(fromMillis).atZone(history.zone()).toLocalDateTime();
        LocalDateTime to = Instant.ofEpochMilli(toMillis).atZone(history.zone()).toLocalDateTime();
        return from.toLocalDate().plusDays(1).equals(to.toLocalDate())
                && !from.toLocalTime().isBefore(LocalTime.NOON)
                && !to.toLocalTime().isAfter(LocalTime.NOON);
    }

    private Metered integrated(Series.Gauge power, PointSpec spec, long fromMillis, long toMillis) {
        return GaugeMeter.measure(
                power, fromMillis, toMillis, spec, DeviceHistory.maxWatts(device), Direction.of(register));
    }

    /** A minute that the register covers plainly. */
    private final class Plain {
        private final Metered counted;
        private final RegisterTrack track;
        private final PointSpec spec;
        private final Series.Gauge power;
        private final PointSpec powerSpec;
        private final StepRules rules;
        private final Metered integrated;

        Plain(Metered counted, RegisterTrack track, PointSpec spec, Series.Gauge power, PointSpec powerSpec) {
            this.counted = counted;
            this.track = track;
            this.spec = spec;
            this.power = power;
            this.powerSpec = powerSpec;
            this.rules = history.stepRules(device, spec);
            this.integrated = integrated(power, powerSpec, startMillis, endMillis);
        }

        private boolean isWhole() {
            return integrated.coveredMillis() == endMillis - startMillis;
        }

        long heldBackMillijoules() {
            boolean stoodStill = counted.millijoules() == 0 && track.standsStill(startMillis, endMillis);
            return stoodStill && (isWhole() || isRegisterRead())
                    ? StandstillHour.heldBackMillijoules(integrated, DeviceHistory.startingWatts(device))
                    : 0;
        }

        private boolean isRegisterRead() {
            return track.isRead(startMillis, endMillis, spec.maxGap().toMillis());
        }

        /**
         * What to believe of it. It is stuck where it stood still though power says otherwise of the minutes around it in
         * which it stands still, however seldom it is read. Another contradiction, of one that counts, is looked for over all
         * readings around, so that seldom samples aren't taken for one, and not where a long gap has spread what the register
         * shows; but the minute has to have it too, or it is that of a neighbour, in which the register shows what it had held
         * back.
         */
        Metered crossChecked(StandstillHours standstills) {
            if (counted.millijoules() == 0) {
                return standingStill(standstills);
            }
            if (!isWhole() || !differByHalf(counted.millijoules(), integrated.millijoules())) {
                return counted; // as nearly all are: what is around them needn't be measured
            }
            return contradicts() ? counted.with(Set.of(Flag.MISMATCH)) : counted;
        }

        private Metered standingStill(StandstillHours standstills) {
            if (standstills.isStuck(startMillis, rules) || (!isWhole() && isStuckUnread())) {
                return integrated.with(Set.of(Flag.STUCK));
            }
            return !isWhole() && isUnchecked() ? counted.with(Set.of(Flag.UNCHECKED)) : counted;
        }

        /**
         * Whether it is read and power isn't, which flowed when it was read last: the device was switched off, or a gateway
         * has lost it and repeats its register.
         */
        private boolean isUnchecked() {
            double least = DeviceHistory.startingWatts(device) * (device.role() == Role.PV ? TWILIGHT : 1);
            return isRegisterRead()
                    && track.standsStill(startMillis, endMillis)
                    && GaugeMeter.losses(power, startMillis, endMillis, powerSpec)
                            .anyMatch(i -> Direction.of(register).along(power.value(i)) > least);
        }

        /** Whether the register and power contradict each other over all readings around for which power was read too. */
        private boolean contradicts() {
            int first = 0;
            while (first < track.size() && track.timeMillis(first) < power.timeMillis(0)) {
                first++;
            }
            int last = track.size() - 1;
            while (last > first && track.timeMillis(last) > power.timeMillis(power.size() - 1)) {
                last--;
            }
            return first < last
                    && track.timeMillis(first) <= startMillis
                    && track.timeMillis(last) >= endMillis
                    && track.countsPlainly(rules)
                    && contradictsInEachStep(first, last)
                    && contradict(
                            track.millijoules(last) - track.millijoules(first),
                            integrated(power, powerSpec, track.timeMillis(first), track.timeMillis(last))
                                    .millijoules());
        }

        /**
         * Whether it does so in each step in the same way. At a start or stop of a load one of them is a little late, or power
         * changed between two readings: a step or two differ then.
         */
        private boolean contradictsInEachStep(int first, int last) {
            boolean isLess = true;
            boolean isMore = true;
            for (int i = first + 1; i <= last; i++) {
                long millis = track.timeMillis(i) - track.timeMillis(i - 1);
                long step = track.millijoules(i) - track.millijoules(i - 1);
                Metered flowed = integrated(power, powerSpec, track.timeMillis(i - 1), track.timeMillis(i));
                if (rules.isLongerThanMaxGap(millis) || flowed.coveredMillis() < millis) {
                    return false;
                }
                isLess &= step <= flowed.millijoules() / 2 + rules.countMillijoules();
                isMore &= flowed.millijoules() <= step / 2 + rules.countMillijoules();
            }
            return isLess || isMore;
        }

        /**
         * Whether it is stuck though neither was read: because it stands still in all readings around, though power flowed on
         * both sides of its gap. Where the register counts beside the gap and not over it, the device was off.
         */
        private boolean isStuckUnread() {
            if (isRegisterRead() || !track.standsStill(startMillis, endMillis)) {
                return false;
            }
            long readMillis = track.frozenMillis(spec.maxGap().toMillis());
            return GaugeMeter.gaps(power, startMillis, endMillis, powerSpec).anyMatch(i -> {
                long lost = power.timeMillis(i);
                long found = power.timeMillis(i + 1);
                Direction direction = Direction.of(register);
                double before = direction.along(power.value(i));
                // by night an inverter's power ends at little and begins at little: what it was lost at tells
                boolean isSolarNight = device.role() == Role.PV && isNight(lost, found);
                double flowed = isSolarNight ? before : Math.min(before, direction.along(power.value(i + 1)));
                return flowed > DeviceHistory.startingWatts(device) * (isSolarNight ? TWILIGHT : 1)
                        && flowed <= rules.maxWatts()
                        && flowed * readMillis > 2.0 * rules.countMillijoules()
                        && StandstillHour.isTooMuch(Math.round(flowed * (found - lost)), rules);
            });
        }

        private boolean contradict(long counted, long flowed) {
            return Math.abs(counted - flowed) > rules.differenceMillijoules() && differByHalf(counted, flowed);
        }
    }

    private static boolean differByHalf(long counted, long flowed) {
        return Math.abs(counted - flowed) > Math.max(counted, flowed) / 2;
    }
}
