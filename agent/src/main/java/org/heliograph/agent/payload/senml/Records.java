package org.heliograph.agent.payload.senml;

import org.heliograph.agent.payload.Refusal;

/** The records of a pack, one after the other. */
interface Records {
    /**
     * Reads the next record, replacing what is in {@code into}; false when there is none, and the pack has ended as it
     * should.
     */
    boolean next(SenmlRecord into) throws Malformed, Refusal;
}
