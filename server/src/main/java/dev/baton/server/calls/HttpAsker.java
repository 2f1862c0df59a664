package dev.baton.server.calls;

import dev.baton.server.http.Answers;
import dev.baton.server.http.JsonAnswers;
import dev.baton.server.http.Texts;
import io.vertx.core.Context;
import io.vertx.core.http.HttpServerResponse;
import java.util.function.Consumer;

/**
 * A client.
 *
 * @param loop where its connection is
 * @param room for the answer
 */
record HttpAsker(String address, Context loop, HttpServerResponse response, Answers.Room room)
    implements Asker {

  private static final String NO_ROOM =
      "there is no room for the answer beside those that others have not read yet";

  @Override
  public boolean hasRoomFor(long bytes) {
    if (room.tryReserve(bytes, false)) {
      return true;
    }
    full();
    return false;
  }

  @Override
  public void answer(byte[] json) {
    if (hasRoomFor(json.length)) {
      loop.runOnContext(_ -> JsonAnswers.write(response, 200, Texts.wrapped(json), room));
    }
  }

  @Override
  public void refuse(int status, String text) {
    end(to -> JsonAnswers.refuse(to, status, text));
  }

  @Override
  public void full() {
    end(to -> JsonAnswers.retryLater(to, 503, NO_ROOM));
  }

  @Override
  public void busy() {
    end(to -> JsonAnswers.retryLater(to, 429, "Too many searches wait: see server.reader_queue"));
  }

  @Override
  public void stopping() {
    end(JsonAnswers::stopping);
  }

  private void end(Consumer<HttpServerResponse> refusal) {
    room.release();
    loop.runOnContext(_ -> refusal.accept(response));
  }
}
