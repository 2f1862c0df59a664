package dev.baton.sdk.internal.function;

import com.fasterxml.jackson.databind.type.TypeFactory;
import dev.baton.sdk.Functions;
import java.lang.invoke.MethodHandleInfo;
import java.lang.invoke.MethodType;
import java.lang.invoke.SerializedLambda;
import java.lang.reflect.Executable;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The types of a function, read from what stands behind it: the method of a method reference with
 * its type arguments, the erased method of a lambda, or the type arguments of a class.
 *
 * @param parameters a type is null if only its raw class could be told, which is not enough
 * @param result null likewise
 */
record FunctionTypes(List<@Nullable Type> parameters, @Nullable Type result) {

  /**
   * What a method reference is to.
   *
   * @param owner the type that it names, which may have inherited the method
   */
  record Reference(Class<?> owner, Method method) {}

  /** The method behind a method reference; null behind anything else. */
  static @Nullable Reference referenceOf(Functions.Shape function) {
    var lambda = serializedForm(function);
    if (lambda == null) {
      return null;
    }
    var loader = function.getClass().getClassLoader();
    if (!(target(lambda, loader) instanceof Method method) || method.isSynthetic()) {
      return null;
    }
    try {
      return new Reference(namedBy(lambda, loader), method);
    } catch (ClassNotFoundException e) {
      return null;
    }
  }

  static FunctionTypes of(Functions.Shape function) {
    var lambda = serializedForm(function);
    return lambda == null ? ofClass(function) : ofLambda(lambda, function.getClass());
  }

  private static @Nullable SerializedLambda serializedForm(Functions.Shape function) {
    Method writeReplace;
    try {
      writeReplace = function.getClass().getDeclaredMethod("writeReplace");
    } catch (NoSuchMethodException e) {
      return null;
    }
    try {
      writeReplace.setAccessible(true);
      return writeReplace.invoke(function) instanceof SerializedLambda lambda ? lambda : null;
    } catch (ReflectiveOperationException | RuntimeException e) {
      throw new IllegalArgumentException(
          "the types of "
              + function.getClass().getName()
              + " cannot be read; open its module to the SDK or give the types",
          e);
    }
  }

  private static FunctionTypes ofLambda(SerializedLambda lambda, Class<?> site) {
    var loader = site.getClassLoader();
    var declared =
        MethodType.fromMethodDescriptorString(lambda.getInstantiatedMethodType(), loader);
    var erased = new FunctionTypes(told(declared.parameterArray()), told(declared.returnType()));
    Executable target = target(lambda, loader);
    if (target == null || target.isSynthetic()) {
      return erased;
    }
    var parameters = new ArrayList<@Nullable Type>();
    int captured = lambda.getCapturedArgCount();
    boolean bound =
        switch (lambda.getImplMethodKind()) {
          case MethodHandleInfo.REF_invokeStatic, MethodHandleInfo.REF_newInvokeSpecial -> true;
          default -> captured > 0;
        };
    if (!bound) {
      parameters.add(erased.parameters().get(0)); // Type::method: the first one is the receiver.
    }
    for (Type parameter : target.getGenericParameterTypes()) {
      int at = parameters.size();
      parameters.add(isOpen(parameter) ? erased.parameters().get(at) : parameter);
    }
    if (parameters.size() != erased.parameters().size()) {
      return erased;
    }
    Type result =
        target instanceof Method method && !isOpen(method.getGenericReturnType())
            ? method.getGenericReturnType()
            : erased.result();
    return new FunctionTypes(parameters, result);
  }

  private static @Nullable Executable target(SerializedLambda lambda, ClassLoader loader) {
    try {
      var owner = ownerOf(lambda, loader);
      var signature =
          MethodType.fromMethodDescriptorString(lambda.getImplMethodSignature(), loader)
              .parameterArray();
      return lambda.getImplMethodKind() == MethodHandleInfo.REF_newInvokeSpecial
          ? owner.getDeclaredConstructor(signature)
          : method(owner, lambda.getImplMethodName(), signature);
    } catch (ReflectiveOperationException e) {
      return null; // The lambda's own types have to do.
    }
  }

  /** What stands before the two colons: the compiler tells of an inherited method where it is. */
  private static Class<?> namedBy(SerializedLambda lambda, ClassLoader loader)
      throws ClassNotFoundException {
    var declared =
        MethodType.fromMethodDescriptorString(lambda.getInstantiatedMethodType(), loader);
    var owner = ownerOf(lambda, loader);
    boolean hasReceiver =
        lambda.getCapturedArgCount() == 0
            && lambda.getImplMethodKind() != MethodHandleInfo.REF_invokeStatic
            && declared.parameterCount() > 0;
    return hasReceiver && owner.isAssignableFrom(declared.parameterType(0))
        ? declared.parameterType(0)
        : owner;
  }

  private static Class<?> ownerOf(SerializedLambda lambda, ClassLoader loader)
      throws ClassNotFoundException {
    return Class.forName(lambda.getImplClass().replace('/', '.'), false, loader);
  }

  /** The owner's own method, else one that is inherited. */
  private static Method method(Class<?> owner, String name, Class<?>[] signature)
      throws NoSuchMethodException {
    try {
      return owner.getDeclaredMethod(name, signature);
    } catch (NoSuchMethodException e) {
      return owner.getMethod(name, signature);
    }
  }

  private static FunctionTypes ofClass(Functions.Shape function) {
    var shape = shapeOf(function.getClass());
    var types =
        TypeFactory.defaultInstance().constructType(function.getClass()).findTypeParameters(shape);
    var all = new ArrayList<@Nullable Type>(Arrays.asList(types));
    boolean givesResult = shape.getSimpleName().startsWith("F");
    Type result = givesResult ? all.removeLast() : void.class;
    return new FunctionTypes(all, result);
  }

  private static Class<?> shapeOf(Class<?> type) {
    for (Class<?> at = type; at != null; at = at.getSuperclass()) {
      for (Class<?> candidate : at.getInterfaces()) {
        if (Functions.Shape.class.isAssignableFrom(candidate)) {
          return candidate.getDeclaringClass() == Functions.class ? candidate : shapeOf(candidate);
        }
      }
    }
    throw new IllegalArgumentException(type.getName() + " is no function of the SDK");
  }

  private static List<@Nullable Type> told(Class<?>[] types) {
    var told = new ArrayList<@Nullable Type>();
    for (Class<?> type : types) {
      told.add(told(type));
    }
    return told;
  }

  /** A generic class without its arguments tells too little. */
  private static @Nullable Type told(Class<?> type) {
    Class<?> element = type;
    while (element.isArray()) {
      element = element.getComponentType();
    }
    return element.getTypeParameters().length > 0 && element != Class.class ? null : type;
  }

  /** Whether the type depends on what the caller chose. */
  private static boolean isOpen(Type type) {
    return switch (type) {
      case TypeVariable<?> open -> true;
      case ParameterizedType it ->
          Arrays.stream(it.getActualTypeArguments()).anyMatch(FunctionTypes::isOpen);
      case GenericArrayType it -> isOpen(it.getGenericComponentType());
      case WildcardType it ->
          Arrays.stream(it.getUpperBounds()).anyMatch(FunctionTypes::isOpen)
              || Arrays.stream(it.getLowerBounds()).anyMatch(FunctionTypes::isOpen);
      default -> false;
    };
  }
}
