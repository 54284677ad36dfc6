using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using System.Reflection.Emit;

namespace Millrace.Bootstrap
{
    /// <summary>What stands behind an interface: the method's name, what it returns, its arguments.</summary>
    public delegate object Behind(string name, Type returned, object[] arguments);

    /// <summary>
    /// Objects of interfaces that are known only when the function is loaded: AWS's interfaces come with the function.
    /// The classes are made here, because neither mono nor .NET has a way that both have.
    /// </summary>
    public static class InterfaceObject
    {
        private static readonly Dictionary<Type, Type> Classes = new Dictionary<Type, Type>();
        private static readonly Lazy<ModuleBuilder> Module = new Lazy<ModuleBuilder>(() =>
            AssemblyBuilder.DefineDynamicAssembly(new AssemblyName("Millrace.Bootstrap.Made"), AssemblyBuilderAccess.Run)
                .DefineDynamicModule("Made"));

        /// <summary>An object of this interface; whatever is called on it, `behind` answers. No answer is the type's default.</summary>
        public static object Of(Type type, Behind behind)
        {
            lock (Classes)
            {
                if (!Classes.TryGetValue(type, out var made)) Classes[type] = made = Make(type);
                return Activator.CreateInstance(made, behind);
            }
        }

        /// <summary>Called by the classes made here.</summary>
        public static object Answer(Behind behind, string name, Type returned, object[] arguments)
        {
            var answer = behind(name, returned, arguments);
            return answer ?? (returned.IsValueType && returned != typeof(void) ? Activator.CreateInstance(returned) : null);
        }

        private static Type Make(Type type)
        {
            var name = "Made." + type.FullName;
            var made = Module.Value.DefineType(name, TypeAttributes.Public | TypeAttributes.Class, typeof(object), new[] { type });
            var behind = made.DefineField("behind", typeof(Behind), FieldAttributes.Private);
            var code = made.DefineConstructor(MethodAttributes.Public, CallingConventions.Standard, new[] { typeof(Behind) }).GetILGenerator();
            code.Emit(OpCodes.Ldarg_0);
            code.Emit(OpCodes.Call, typeof(object).GetConstructor(Type.EmptyTypes));
            code.Emit(OpCodes.Ldarg_0);
            code.Emit(OpCodes.Ldarg_1);
            code.Emit(OpCodes.Stfld, behind);
            code.Emit(OpCodes.Ret);
            // Methods with a body of their own need none of ours.
            foreach (var method in new[] { type }.Concat(type.GetInterfaces()).SelectMany(each => each.GetMethods()).Where(each => each.IsAbstract))
                Implement(made, behind, method);
            return made.CreateTypeInfo().AsType();
        }

        private static void Implement(TypeBuilder made, FieldInfo behind, MethodInfo method)
        {
            var parameters = method.GetParameters().Select(parameter => parameter.ParameterType).ToArray();
            const MethodAttributes attributes = MethodAttributes.Public | MethodAttributes.Virtual | MethodAttributes.Final | MethodAttributes.HideBySig | MethodAttributes.NewSlot;
            var code = made.DefineMethod(method.Name, attributes, method.ReturnType, parameters).GetILGenerator();
            code.Emit(OpCodes.Ldarg_0);
            code.Emit(OpCodes.Ldfld, behind);
            code.Emit(OpCodes.Ldstr, method.Name);
            code.Emit(OpCodes.Ldtoken, method.ReturnType);
            code.Emit(OpCodes.Call, typeof(Type).GetMethod("GetTypeFromHandle"));
            code.Emit(OpCodes.Ldc_I4, parameters.Length);
            code.Emit(OpCodes.Newarr, typeof(object));
            for (var index = 0; index < parameters.Length; index++)
            {
                code.Emit(OpCodes.Dup);
                code.Emit(OpCodes.Ldc_I4, index);
                code.Emit(OpCodes.Ldarg, index + 1);
                if (parameters[index].IsValueType) code.Emit(OpCodes.Box, parameters[index]);
                code.Emit(OpCodes.Stelem_Ref);
            }
            code.Emit(OpCodes.Call, typeof(InterfaceObject).GetMethod("Answer"));
            if (method.ReturnType == typeof(void)) code.Emit(OpCodes.Pop);
            else code.Emit(OpCodes.Unbox_Any, method.ReturnType);
            code.Emit(OpCodes.Ret);
        }
    }
}
