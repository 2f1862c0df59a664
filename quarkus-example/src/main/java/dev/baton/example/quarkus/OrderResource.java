package dev.baton.example.quarkus;

import dev.baton.sdk.Client;
import dev.baton.sdk.Handle;
import dev.baton.sdk.RemoteException;
import dev.baton.sdk.Resonate;
import dev.baton.sdk.ServerException;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.Response.Status;
import java.net.URI;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Orders over HTTP: 202 at once, the result when it is asked for. */
@Path("/orders")
@RunOnVirtualThread
public class OrderResource {

  private static final int ASK_AGAIN_SECONDS = 1;

  /** Where an order stands: {@code pending}, {@code done} or {@code failed}. */
  public record OrderStatus(
      String id, String status, @Nullable Receipt receipt, @Nullable String problem) {}

  /** Whether this decision counts, or another came before. */
  public record Outcome(boolean counts) {}

  private final Resonate resonate;
  private final Client<Orders> orders;

  OrderResource(Resonate resonate, Client<Orders> orders) {
    this.resonate = resonate;
    this.orders = orders;
  }

  /** Begins an order; the same key again is the same order. */
  @POST
  public Response order(@HeaderParam("Idempotency-Key") @Nullable String key, Order order) {
    String id = "order-" + (key == null ? UUID.randomUUID().toString() : key);
    orders.begin(id, it -> it.buy(order));
    return pending(id);
  }

  /** Its result, or 202 again. */
  @GET
  @Path("/{id}")
  public Response status(@PathParam("id") String id) {
    Handle<Receipt> order = resonate.get(id, Receipt.class);
    try {
      if (!order.isDone()) {
        return pending(id);
      }
      return Response.ok(new OrderStatus(id, "done", order.result(), null)).build();
    } catch (RemoteException e) {
      return Response.ok(new OrderStatus(id, "failed", null, e.getMessage())).build();
    } catch (ServerException e) {
      throw asNotFound(e);
    }
  }

  /** What a person says. */
  @POST
  @Path("/{id}/decision")
  public Outcome decide(@PathParam("id") String id, Decision decision) {
    try {
      var settled = resonate.promise(id, "approval", Decision.class).resolve(decision);
      return new Outcome(settled.isWinner());
    } catch (ServerException e) {
      throw asNotFound(e);
    }
  }

  private static Response pending(String id) {
    return Response.status(Status.ACCEPTED)
        .location(URI.create("/orders/" + id))
        .header(HttpHeaders.RETRY_AFTER, ASK_AGAIN_SECONDS)
        .entity(new OrderStatus(id, "pending", null, null))
        .build();
  }

  private static RuntimeException asNotFound(ServerException e) {
    return e.status() == Status.NOT_FOUND.getStatusCode() ? new NotFoundException(e) : e;
  }
}
