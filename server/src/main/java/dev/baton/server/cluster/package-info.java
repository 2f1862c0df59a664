/**
 * Several servers over one store: one of them owns it and decides, the others check what their
 * clients send, pass it on to the owner and carry the owner's messages to the streams they hold.
 *
 * <pre>
 *   client -> {@link ReplicaEdge} -> {@link Forwarder}  -> its own engine, or {@link OwnerClient} -> {@link Wire} of the owner -> its edge
 *                                 -> {@link Relay}      (streams, kept open over a takeover)
 *                                 -> {@link Passage}    (whatever else there is to ask)
 * </pre>
 *
 * <p>What goes over the wire is HTTP/2 and the protocol itself. Nothing on it is durable.
 */
@NullMarked
package dev.baton.server.cluster;

import org.jspecify.annotations.NullMarked;
