package org.heliograph.streams.page;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.LockSupport;

/**
 * Shows the page with a made-up day, to look at it by hand: {@code ShowPage PORT [normal|export|night|old|absent|disagreeing|dead]}.
 * It ends with the process.
 */
final class ShowPage {
    private ShowPage() {}

    public static void main(String[] arguments) throws AddressUnavailableException {
        int port = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 0;
        String situation = arguments.length > 1 ? arguments[1] : "normal";
        PageBoard board = new PageBoard();
        LivePage page = LivePage.start(new PageSettings(true, "127.0.0.1", port), board);
        System.out.println(page.address());
        double itKw = situation.equals("export") ? 150 : 1_000;
        FixtureDay first = day(situation, itKw);
        first.fill(board);
        if (situation.equals("disagreeing")) {
            board.accept(FixtureDay.disagreeing(board.quarter(FixtureDay.SITE).orElseThrow()));
        }
        while (!situation.equals("dead")) {
            FixtureDay day = day(situation, itKw);
            var live = day.live().setTimeMs(System.currentTimeMillis());
            if (situation.equals("absent")) {
                live.clearPowerItW().clearPue().clearPowerLossW().clearPowerCoolingW();
            }
            board.accept(live.build());
            board.accept(day.day());
            LockSupport.parkNanos(Duration.ofSeconds(1).toNanos());
        }
        LockSupport.park();
    }

    private static FixtureDay day(String situation, double itKw) {
        Instant now = Instant.now();
        return switch (situation) {
            case "old" -> new FixtureDay(now.minus(Duration.ofHours(6)), itKw, 10);
            case "night" -> new FixtureDay(now, itKw, 3);
            default -> new FixtureDay(now, itKw, 14.4);
        };
    }
}
