package example;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** Handlers without any interface: a plain object in and out, and streams. */
public class Greeting {
  /** What is greeted. */
  public static class Guest {
    private String name;

    public String getName() {
      return name;
    }

    public void setName(String name) {
      this.name = name;
    }
  }

  /** Who has no name cannot be greeted. */
  public static class NobodyThere extends RuntimeException {
    NobodyThere(String message) {
      super(message);
    }
  }

  public Guest greet(Guest guest) {
    if (guest.getName() == null) throw new NobodyThere("nobody there");
    System.out.println("greeting " + guest.getName());
    Guest greeted = new Guest();
    greeted.setName("Hello, " + guest.getName() + "!");
    return greeted;
  }

  public void copy(InputStream in, OutputStream out) throws IOException {
    in.transferTo(out);
  }
}
