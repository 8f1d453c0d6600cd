package org.heliograph.agent.source.coap;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Lets a number through at once, and a rate in the long run. Holds no clock. */
final class TokenBucket {
    private final double perNano;
    private final double burst;
    private double tokens;
    private long atNanos;

    TokenBucket(double perSecond, double burst, long nowNanos) {
        this.perNano = perSecond / TimeUnit.SECONDS.toNanos(1);
        this.burst = burst;
        this.tokens = burst;
        this.atNanos = nowNanos;
    }

    /** Takes so many tokens; if there aren't as many it takes none, and says how long until there are. */
    synchronized Duration take(double wanted, long nowNanos) {
        tokens = Math.min(burst, tokens + Math.max(0, nowNanos - atNanos) * perNano);
        atNanos = nowNanos;
        if (tokens >= wanted) {
            tokens -= wanted;
            return Duration.ZERO;
        }
        return Duration.ofNanos((long) Math.ceil((Math.min(wanted, burst) - tokens) / perNano));
    }
}
