package org.heliograph.streams.topology.site;

import org.heliograph.streams.factor.Provenance;
import org.heliograph.streams.indicator.Branches;
import org.heliograph.streams.indicator.FactorsUsed;
import org.heliograph.streams.indicator.Sums;
import org.heliograph.streams.rollup.Cause;
import org.heliograph.streams.rollup.Lifecycle;
import org.heliograph.streams.rollup.WindowKey;
import org.heliograph.streams.topology.state.StateException;
import org.heliograph.streams.topology.state.v1.StoredWindow;
import org.heliograph.telemetry.wire.v1.WindowState;

/** A window as it is kept. */
record KeptWindow(WindowKey key, StoredWindow stored) {
    static KeptWindow of(WindowKey key, WindowContent content, Lifecycle lifecycle, WindowChange change) {
        StoredWindow.Builder stored = with(StoredWindow.newBuilder(), content)
                .setState(state(lifecycle).getNumber())
                .setRevision(lifecycle.revision())
                .setCause(change.cause().label())
                .setChangedMs(change.millis());
        return new KeptWindow(key, stored.build());
    }

    static KeptWindow read(WindowKey key, byte[] stored) {
        return new KeptWindow(key, StateException.read(WindowStore.STORE, stored, StoredWindow::parseFrom));
    }

    /** One of which nothing is known yet. */
    static KeptWindow begun(WindowKey key) {
        return new KeptWindow(key, StoredWindow.getDefaultInstance());
    }

    Sums sums() {
        return Sums.of(stored.getSumsList().stream().mapToLong(Long::longValue).toArray());
    }

    FactorsUsed used() {
        return new FactorsUsed(
                Provenance.parse(stored.getFactorAverage()),
                Provenance.parse(stored.getFactorMarginal()),
                Provenance.parse(stored.getFactorFuel()));
    }

    Branches branches() {
        return StoredBranches.decode(stored.getBranchesList());
    }

    WindowContent content() {
        return new WindowContent(sums(), used(), branches());
    }

    /** What has changed it last; for one that wasn't published before then, that is as ever late data. */
    WindowChange change() {
        Cause cause = stored.getCause().equals(Cause.FACTOR.label()) ? Cause.FACTOR : Cause.LATE_DATA;
        return new WindowChange(cause, stored.getChangedMs());
    }

    Lifecycle lifecycle() {
        return switch (stored.getState()) {
            case WindowState.FINAL_VALUE -> new Lifecycle.Final();
            case WindowState.REVISED_VALUE -> new Lifecycle.Revised(stored.getRevision());
            default -> new Lifecycle.Provisional();
        };
    }

    KeptWindow with(WindowContent content) {
        return new KeptWindow(key, with(stored.toBuilder(), content).build());
    }

    /** As it is to be published next. */
    KeptWindow changedTo(WindowContent content, long millis) {
        return new KeptWindow(
                key,
                with(stored.toBuilder(), content)
                        .setChangedMs(millis)
                        .setUnpublished(true)
                        .build());
    }

    KeptWindow with(Lifecycle next) {
        return new KeptWindow(
                key,
                stored.toBuilder()
                        .setState(state(next).getNumber())
                        .setRevision(next.revision())
                        .setUnpublished(true)
                        .build());
    }

    KeptWindow published() {
        return new KeptWindow(key, stored.toBuilder().setUnpublished(false).build());
    }

    /** After it was published; a window that is still open only grows. */
    KeptWindow restated(Cause cause) {
        KeptWindow next = with(lifecycle().changed());
        return next.lifecycle() instanceof Lifecycle.Revised ? next.by(cause) : next;
    }

    /** Before a restatement is published: of a factor, which changes nothing but CO2, it is no more once readings came. */
    KeptWindow alsoBy(Cause cause) {
        return lifecycle() instanceof Lifecycle.Revised && cause == Cause.LATE_DATA ? by(cause) : this;
    }

    private KeptWindow by(Cause cause) {
        return new KeptWindow(key, stored.toBuilder().setCause(cause.label()).build());
    }

    boolean isProvisional() {
        return lifecycle() instanceof Lifecycle.Provisional;
    }

    boolean isUnpublished() {
        return stored.getUnpublished();
    }

    WindowState state() {
        return state(lifecycle());
    }

    private static WindowState state(Lifecycle lifecycle) {
        return switch (lifecycle) {
            case Lifecycle.Provisional _ -> WindowState.PROVISIONAL;
            case Lifecycle.Final _ -> WindowState.FINAL;
            case Lifecycle.Revised _ -> WindowState.REVISED;
        };
    }

    private static StoredWindow.Builder with(StoredWindow.Builder stored, WindowContent content) {
        stored.clearSums().clearBranches().addAllBranches(StoredBranches.encode(content.branches()));
        for (long sum : content.sums().toArray()) {
            stored.addSums(sum);
        }
        return stored.setFactorAverage(content.used().average().toString())
                .setFactorMarginal(content.used().marginal().toString())
                .setFactorFuel(content.used().fuel().toString());
    }
}
