using System.Collections.Immutable;
using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace ChatApp.Tests.Architecture;

/// <summary>One type of an assembly names another type, in a signature, an attribute or a method's body.</summary>
/// <param name="From">Full name of the outermost type, so that a lambda or an async state machine counts as the code it is written in.</param>
/// <param name="To">Full name of the type that is named; of its outermost type if that is in the same assembly.</param>
internal sealed record TypeReference(string From, string To);

/// <summary>Reads every reference from type to type out of a compiled assembly.</summary>
internal sealed class TypeReferences
{
    private static readonly Dictionary<int, OpCode> OpCodesByValue = typeof(OpCodes)
        .GetFields()
        .Select(field => (OpCode)field.GetValue(null)!)
        .ToDictionary(code => code.Value & 0xffff);

    private readonly MetadataReader metadata;
    private readonly PEReader image;
    private readonly TypeNames names;

    private TypeReferences(PEReader image) => (this.image, metadata, names) = (image, image.GetMetadataReader(), new TypeNames());

    public static IReadOnlySet<TypeReference> Of(string assemblyPath)
    {
        using var image = new PEReader(File.OpenRead(assemblyPath));
        return new TypeReferences(image).Read();
    }

    private HashSet<TypeReference> Read()
    {
        var references = new HashSet<TypeReference>();
        foreach (var handle in metadata.TypeDefinitions)
        {
            var from = TypeNames.Outermost(metadata, handle);
            references.UnionWith(Named(metadata.GetTypeDefinition(handle)).Where(to => to != from).Select(to => new TypeReference(from, to)));
        }
        return references;
    }

    private List<string> Named(TypeDefinition type)
    {
        var named = new List<string>();
        named.AddRange(Resolve(type.BaseType));
        foreach (var implemented in type.GetInterfaceImplementations())
            named.AddRange(Resolve(metadata.GetInterfaceImplementation(implemented).Interface));
        named.AddRange(Constraints(type.GetGenericParameters()));
        named.AddRange(Attributes(type.GetCustomAttributes()));
        foreach (var handle in type.GetFields())
        {
            var field = metadata.GetFieldDefinition(handle);
            named.AddRange(field.DecodeSignature(names, null));
            named.AddRange(Attributes(field.GetCustomAttributes()));
        }
        foreach (var handle in type.GetProperties())
            named.AddRange(Attributes(metadata.GetPropertyDefinition(handle).GetCustomAttributes()));
        foreach (var handle in type.GetMethods())
            named.AddRange(Named(metadata.GetMethodDefinition(handle)));
        return named;
    }

    private List<string> Named(MethodDefinition method)
    {
        var named = new List<string>(Signature(method.DecodeSignature(names, null)));
        named.AddRange(Constraints(method.GetGenericParameters()));
        named.AddRange(Attributes(method.GetCustomAttributes()));
        foreach (var parameter in method.GetParameters())
            named.AddRange(Attributes(metadata.GetParameter(parameter).GetCustomAttributes()));
        if (method.RelativeVirtualAddress == 0)
            return named;
        var body = image.GetMethodBody(method.RelativeVirtualAddress);
        if (!body.LocalSignature.IsNil)
            named.AddRange(metadata.GetStandaloneSignature(body.LocalSignature).DecodeLocalSignature(names, null).SelectMany(local => local));
        foreach (var region in body.ExceptionRegions)
            named.AddRange(Resolve(region.CatchType));
        named.AddRange(Tokens(body.GetILReader()).SelectMany(Resolve));
        return named;
    }

    private static List<EntityHandle> Tokens(BlobReader code)
    {
        var tokens = new List<EntityHandle>();
        while (code.RemainingBytes > 0)
        {
            int value = code.ReadByte();
            if (value == 0xfe)
                value = 0xfe00 | code.ReadByte();
            switch (OpCodesByValue[value].OperandType)
            {
                case OperandType.InlineField or OperandType.InlineMethod or OperandType.InlineTok or OperandType.InlineType:
                    tokens.Add(MetadataTokens.EntityHandle(code.ReadInt32()));
                    break;
                case OperandType.InlineSwitch:
                    var branches = code.ReadInt32();
                    code.Offset += 4 * branches;
                    break;
                case OperandType.InlineI8 or OperandType.InlineR:
                    code.Offset += 8;
                    break;
                case OperandType.InlineBrTarget or OperandType.InlineI or OperandType.InlineSig or OperandType.InlineString or OperandType.ShortInlineR:
                    code.Offset += 4;
                    break;
                case OperandType.InlineVar:
                    code.Offset += 2;
                    break;
                case OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar:
                    code.Offset += 1;
                    break;
            }
        }
        return tokens;
    }

    private IEnumerable<string> Resolve(EntityHandle handle)
    {
        if (handle.IsNil)
            return [];
        switch (handle.Kind)
        {
            case HandleKind.TypeDefinition:
                return [TypeNames.Outermost(metadata, (TypeDefinitionHandle)handle)];
            case HandleKind.TypeReference:
                return [TypeNames.Of(metadata, (TypeReferenceHandle)handle)];
            case HandleKind.TypeSpecification:
                return metadata.GetTypeSpecification((TypeSpecificationHandle)handle).DecodeSignature(names, null);
            case HandleKind.MethodDefinition:
                return Resolve(metadata.GetMethodDefinition((MethodDefinitionHandle)handle).GetDeclaringType());
            case HandleKind.FieldDefinition:
                return Resolve(metadata.GetFieldDefinition((FieldDefinitionHandle)handle).GetDeclaringType());
            case HandleKind.MethodSpecification:
                var specification = metadata.GetMethodSpecification((MethodSpecificationHandle)handle);
                return specification.DecodeSignature(names, null).SelectMany(argument => argument).Concat(Resolve(specification.Method));
            case HandleKind.MemberReference:
                var member = metadata.GetMemberReference((MemberReferenceHandle)handle);
                var signature =
                    member.GetKind() == MemberReferenceKind.Method
                        ? Signature(member.DecodeMethodSignature(names, null))
                        : member.DecodeFieldSignature(names, null);
                return Resolve(member.Parent).Concat(signature);
            default:
                return [];
        }
    }

    private static IEnumerable<string> Signature(MethodSignature<ImmutableArray<string>> signature) =>
        signature.ReturnType.Concat(signature.ParameterTypes.SelectMany(parameter => parameter));

    private IEnumerable<string> Constraints(GenericParameterHandleCollection parameters) =>
        parameters
            .SelectMany(parameter => metadata.GetGenericParameter(parameter).GetConstraints())
            .SelectMany(constraint => Resolve(metadata.GetGenericParameterConstraint(constraint).Type));

    private IEnumerable<string> Attributes(CustomAttributeHandleCollection attributes) =>
        attributes.SelectMany(attribute => Resolve(metadata.GetCustomAttribute(attribute).Constructor));
}
