/**
 * A simulated site: devices that speak the real protocols, read from a plant whose every second is booked in a truth
 * ledger. {@link org.heliograph.sim.SimulatedSite} is the whole of it for programs, {@link org.heliograph.sim.Main} for
 * people, {@link org.heliograph.sim.Casablanca} the site that ships.
 *
 * <p>In a test of your own:
 *
 * <pre>{@code
 * Instant from = Instant.parse("2026-07-01T11:00:00Z");
 * Instant to = from.plus(Duration.ofHours(1));
 * Fault outage = new Fault.Outage("pdu-a01a", from.plusSeconds(600), from.plusSeconds(1200));
 * Settings settings = Settings.of(10, from, "tcp://127.0.0.1:1884").withPlan(new FaultPlan(List.of(outage)));
 * try (SimulatedSite site = SimulatedSite.open(settings)) {
 *     connectYourAgentTo(site.coapDevices());                            // and to the broker
 *     site.replay(from, to, Duration.ofMinutes(1), 10, (_, _, _) -> {}); // returns when all of it is told
 *     long truth = site.ledger().energyMillijoules("pdu-a01a", Point.ENERGY, from, to);
 *     Outcome expected = site.faults(Duration.ofMinutes(1)).outcome("pdu-a01a", from, to);
 * }
 * }</pre>
 *
 * <p>{@code replay} and {@code live} block: interrupt their thread, or close the site, to end them. {@code replay} waits
 * for a subscriber and for observers ({@code withPatience}), and goes on only when the broker has confirmed. {@code
 * unheardPacks()}, {@code refusedPacks()} and {@code unheardDevices()} say what nobody received. The library is in no
 * registry: {@code ./mvnw -pl sim-devices -am -DskipTests install} puts {@code org.heliograph:sim-devices} into your local
 * one. {@code SimulatedSiteIT} of the lab shows it at work.
 */
@NullMarked
package org.heliograph.sim;

import org.jspecify.annotations.NullMarked;
