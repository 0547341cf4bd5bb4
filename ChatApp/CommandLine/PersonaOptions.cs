using System.CommandLine;
using ChatApp.Agents;

namespace ChatApp.CommandLine;

/// <summary>The options of <c>agents add</c> and <c>set</c> that make an agent somebody.</summary>
internal sealed class PersonaOptions
{
    private readonly Option<string?> _handle = new("--handle") { Description = "The name under which people find it on the Persona API." };
    private readonly Option<string?> _description = new("--description") { Description = "Who it is, for people." };
    private readonly Option<string?> _avatar = new("--avatar") { HelpName = "url", Description = "Address of its picture." };

    public void AddTo(Command command)
    {
        foreach (var option in new[] { _handle, _description, _avatar })
            command.Add(option);
    }

    public NewAgent Apply(ParseResult result, NewAgent agent) => agent with
    {
        Handle = result.GetValue(_handle),
        AvatarUrl = result.GetValue(_avatar),
        Description = result.GetValue(_description),
    };

    public AgentChange Apply(ParseResult result, AgentChange change) => change with
    {
        Handle = result.GetValue(_handle),
        AvatarUrl = result.GetValue(_avatar),
        Description = result.GetValue(_description),
    };
}
