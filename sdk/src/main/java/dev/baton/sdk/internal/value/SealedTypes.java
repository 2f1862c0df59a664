package dev.baton.sdk.internal.value;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.Version;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.PropertyName;
import com.fasterxml.jackson.databind.SerializationConfig;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.cfg.MapperConfig;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.AnnotatedClass;
import com.fasterxml.jackson.databind.introspect.NopAnnotationIntrospector;
import com.fasterxml.jackson.databind.introspect.VirtualAnnotatedMember;
import com.fasterxml.jackson.databind.jsontype.NamedType;
import com.fasterxml.jackson.databind.jsontype.TypeResolverBuilder;
import com.fasterxml.jackson.databind.jsontype.impl.StdTypeResolverBuilder;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.BeanPropertyWriter;
import com.fasterxml.jackson.databind.ser.BeanSerializerModifier;
import com.fasterxml.jackson.databind.ser.VirtualBeanPropertyWriter;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import com.fasterxml.jackson.databind.util.Annotations;
import com.fasterxml.jackson.databind.util.SimpleBeanPropertyDefinition;
import java.io.IOException;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Classes of a sealed type carry their name in a member {@code @type}, because a value that is
 * declared as the sealed type could not be read otherwise. The name is written wherever such a
 * class is, whatever it is declared as there, so that lists and other generic containers keep it;
 * it may be missing where the class itself is declared. Types that are annotated for Jackson are
 * left to it.
 */
final class SealedTypes {

  private static final String MEMBER = "@type";

  private SealedTypes() {}

  /** Whether the class is one of a sealed type of the application, or such a type itself. */
  private static boolean isOfSealed(Class<?> type) {
    if (type.isPrimitive() || type.isArray() || type.getClassLoader() == null) {
      return false; // The JDK seals types of its own, such as ZoneId, which are values to us.
    }
    if (type.isSealed() && !type.isEnum()) {
      return true;
    }
    for (Class<?> parent : type.getInterfaces()) {
      if (isOfSealed(parent)) {
        return true;
      }
    }
    Class<?> parent = type.getSuperclass();
    return parent != null && parent != Enum.class && isOfSealed(parent);
  }

  private static boolean isAnnotated(Class<?> type) {
    if (type.isAnnotationPresent(JsonTypeInfo.class)) {
      return true;
    }
    for (Class<?> parent : type.getInterfaces()) {
      if (isAnnotated(parent)) {
        return true;
      }
    }
    return type.getSuperclass() != null && isAnnotated(type.getSuperclass());
  }

  private static boolean isNamed(Class<?> type) {
    return isOfSealed(type) && !isAnnotated(type);
  }

  private static String nameOf(Class<?> type) {
    return type.getSimpleName();
  }

  private static void addConcrete(Class<?> type, List<NamedType> found) {
    if (!type.isInterface() && !Modifier.isAbstract(type.getModifiers()) || type.isEnum()) {
      found.add(new NamedType(type, nameOf(type)));
    }
    if (type.isSealed() && !type.isEnum()) {
      for (Class<?> permitted : type.getPermittedSubclasses()) {
        addConcrete(permitted, found);
      }
    }
  }

  /** To be added to a mapper. */
  static final class Module extends SimpleModule {

    Module() {
      super("sealed types");
    }

    @Override
    public void setupModule(SetupContext context) {
      super.setupModule(context);
      context.appendAnnotationIntrospector(new Reading());
      context.addBeanSerializerModifier(new Writing());
    }
  }

  /** Tells the deserializers of the names; of serialization it says nothing. */
  private static final class Reading extends NopAnnotationIntrospector {

    @Override
    public Version version() {
      return Version.unknownVersion();
    }

    @Override
    public @Nullable TypeResolverBuilder<?> findTypeResolver(
        MapperConfig<?> config, AnnotatedClass type, JavaType base) {
      if (config instanceof SerializationConfig || !isNamed(type.getRawType())) {
        return null;
      }
      var byName =
          JsonTypeInfo.Value.construct(
              JsonTypeInfo.Id.NAME, JsonTypeInfo.As.PROPERTY, MEMBER, null, false, null);
      return new StdTypeResolverBuilder().init(byName, null);
    }

    @Override
    public @Nullable List<NamedType> findSubtypes(Annotated annotated) {
      if (!(annotated instanceof AnnotatedClass type) || !isNamed(type.getRawType())) {
        return null;
      }
      var found = new ArrayList<NamedType>();
      addConcrete(type.getRawType(), found);
      return found;
    }

    @Override
    public @Nullable String findTypeName(AnnotatedClass type) {
      return isNamed(type.getRawType()) ? nameOf(type.getRawType()) : null;
    }
  }

  /** Adds the name to what is written. */
  private static final class Writing extends BeanSerializerModifier {

    @Override
    public List<BeanPropertyWriter> changeProperties(
        SerializationConfig config, BeanDescription description, List<BeanPropertyWriter> members) {
      if (!isNamed(description.getBeanClass())) {
        return members;
      }
      var all = new ArrayList<BeanPropertyWriter>();
      all.add(NameWriter.of(config, description.getClassInfo()));
      all.addAll(members);
      return all;
    }

    @Override
    public JsonSerializer<?> modifyEnumSerializer(
        SerializationConfig config,
        JavaType type,
        BeanDescription description,
        JsonSerializer<?> serializer) {
      Class<?> raw = type.getRawClass();
      return isNamed(raw) ? new NamedConstant(raw, serializer) : serializer;
    }
  }

  private static final class NameWriter extends VirtualBeanPropertyWriter {
    private final String name;

    private NameWriter(
        SimpleBeanPropertyDefinition definition,
        Annotations annotations,
        JavaType type,
        String name) {
      super(definition, annotations, type);
      this.name = name;
    }

    static NameWriter of(MapperConfig<?> config, AnnotatedClass type) {
      var text = config.constructType(String.class);
      var member = new VirtualAnnotatedMember(type, type.getRawType(), MEMBER, text);
      var definition =
          SimpleBeanPropertyDefinition.construct(config, member, PropertyName.construct(MEMBER));
      return new NameWriter(definition, type.getAnnotations(), text, nameOf(type.getRawType()));
    }

    @Override
    protected Object value(Object bean, JsonGenerator json, SerializerProvider provider) {
      return name;
    }

    @Override
    public VirtualBeanPropertyWriter withConfig(
        MapperConfig<?> config,
        AnnotatedClass declaring,
        com.fasterxml.jackson.databind.introspect.BeanPropertyDefinition definition,
        JavaType type) {
      throw new IllegalStateException("only ever made complete");
    }
  }

  /** A constant has no members, so its name goes before it, as Jackson does with such values. */
  private static final class NamedConstant extends StdSerializer<Object> {
    private final String name;
    private final JsonSerializer<Object> constant;

    @SuppressWarnings("unchecked")
    NamedConstant(Class<?> type, JsonSerializer<?> constant) {
      super(type, false);
      this.name = nameOf(type);
      this.constant = (JsonSerializer<Object>) constant;
    }

    @Override
    public void serialize(Object value, JsonGenerator json, SerializerProvider provider)
        throws IOException {
      json.writeStartArray();
      json.writeString(name);
      constant.serialize(value, json, provider);
      json.writeEndArray();
    }
  }
}
