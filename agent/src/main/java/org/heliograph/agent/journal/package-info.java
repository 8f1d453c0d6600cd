/**
 * What the agent has promised to deliver, on disk. It keeps bytes and knows neither readings nor Kafka. Invariants:
 *
 * <ol>
 *   <li>An entry's future completes only after the transaction that holds the entry was synced to disk.
 *   <li>Entries are written, and read back, in the order in which they were appended; offsets ascend and are never
 *       used twice, not even after every entry was delivered.
 *   <li>An entry of readings is deleted only after it was confirmed, or in the transaction that tells of the loss: in a
 *       later entry of its key, which stays, or in a report, which is an entry of its own. A confirmation may be forgotten
 *       by a crash: then entries are delivered again, never skipped; what gives way after such a crash may have been
 *       delivered before it.
 *   <li>Only entries whose key yields, by configuration, give way to newer ones; never one that was handed to the pump, and
 *       never a report. A report is added to until it is handed out, and not after a restart: a receiver ignores what
 *       comes a second time.
 *   <li>An entry that was taken is written or the process ends: a failing disk is waited for, so that what was
 *       numbered in order stays in order. A full one is waited for as long as it takes; one that fails otherwise for a
 *       minute, after which the process ends, as only opening the file anew may help. What doesn't fit into the byte
 *       quota, and to which nothing gives way, is not taken, and the caller is told; so is everything while the disk
 *       fails.
 *   <li>A full disk can be emptied: what was delivered is deleted even while nothing can be written. For that a reserve
 *       is held beside the journal, and given up when it is needed.
 *   <li>Dead letters take no room from readings. They have a share of their own, in which the oldest give way to the
 *       newest; how many did is on disk too. They hold no reading up either: what is behind them may be confirmed, and deleted,
 *       while they wait; they never overtake what is before them.
 *   <li>A damaged file never stops the start, and costs no more than what is damaged in it: whatever entry its checksum
 *       proves is taken over, at its place, also from pages to which nothing leads any more and from behind the bit that
 *       makes SQLite cut its log. What is missing is told in the same new file, before the damaged one is set aside. What
 *       was delivered may come again where nothing is left that says so. Of those set aside the newest stay, three at most.
 *   <li>A start believes what the agent before it has left in a large file, and doesn't read that whole, only where that
 *       agent ended on purpose and found no damage; and only once.
 *   <li>An entry that the disk has changed, by its checksum, is handed out as a dead letter, never as readings; whether its
 *       loss is still to be told can be seen of it.
 *   <li>A file of an older schema is brought to this one, whole or not at all; one of a newer schema is left alone.
 *   <li>One agent at a time: a lock file beside the journal is held as long as it is open.
 *   <li>The number drawn at each start is higher than that of the start before.
 *   <li>Nothing is written any more only when {@link org.heliograph.agent.journal.Journal#death} says so.
 * </ol>
 *
 * Behind it is SQLite with a write-ahead log and {@code synchronous=FULL}: one thread writes, committing a group of
 * entries at a time; a second connection reads. {@code Store} is the seam at which a model of a disk takes its place.
 */
@NullMarked
package org.heliograph.agent.journal;

import org.jspecify.annotations.NullMarked;
