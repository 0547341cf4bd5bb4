using Bunit;
using ChatApp.Components.Chat;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ChatApp.Tests.Components;

public sealed class MessageJumpTests : PageTest
{
    [Fact]
    public async Task Jump_ToTheSameMessageAfterTheRowItself_IsMadeAgain()
    {
        await StartAsync();
        Provider.Script("m", s => s.Text("Because.").Finish());
        var run = await AskAsync("Why?");
        var navigation = Services.GetRequiredService<NavigationManager>();
        string hit = $"/c/{run.ConversationId}?m={run.MessageId}";
        navigation.NavigateTo(hit);
        var jump = Render<MessageJump>(p => p.Add(j => j.ConversationId, run.ConversationId).Add(j => j.Caller, Person));
        Assert.Equal(run.MessageId.ToString(), jump.WaitForElement("message-jump").GetAttribute("data-target"));

        navigation.NavigateTo($"/c/{run.ConversationId}");
        jump.WaitForAssertion(() => Assert.Empty(jump.FindAll("message-jump")));
        navigation.NavigateTo(hit);
        jump.WaitForElement("message-jump");
    }
}
