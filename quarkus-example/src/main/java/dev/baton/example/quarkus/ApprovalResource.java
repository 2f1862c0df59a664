package dev.baton.example.quarkus;

import dev.baton.protocol.PromiseRecord;
import dev.baton.sdk.Resonate;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What waits for a person. */
@Path("/approvals")
@RunOnVirtualThread
public class ApprovalResource {

  private static final int MOST = 100;

  /** An order that waits. */
  public record Question(String orderId, @Nullable Order order) {}

  private final Resonate resonate;

  ApprovalResource(Resonate resonate) {
    this.resonate = resonate;
  }

  /** The first of them. */
  @GET
  public List<Question> waiting() {
    return resonate
        .promises()
        .search(PromiseRecord.State.PENDING, Map.of("baton:promise", "approval"))
        .limit(MOST)
        .map(promise -> promise.id().substring(0, promise.id().lastIndexOf(".p-")))
        .map(id -> new Question(id, asked(id)))
        .toList();
  }

  private @Nullable Order asked(String id) {
    return resonate.promise(id, "approval", Decision.class).data(Order.class);
  }
}
