using ChatApp.Components.Shared;
using Xunit;

namespace ChatApp.Tests.Components;

public sealed class LoadOrderTests
{
    [Fact]
    public void MayShow_EarlierLoadEndsLast_IsNotShown()
    {
        var order = new LoadOrder();
        var (first, second) = (order.Begin(), order.Begin());
        Assert.True(order.MayShow(second));
        Assert.False(order.MayShow(first));
    }

    [Fact]
    public void MayShow_InOrder_EachIsShown()
    {
        var order = new LoadOrder();
        var loads = new[] { order.Begin(), order.Begin(), order.Begin() };
        Assert.All(loads, load => Assert.True(order.MayShow(load)));
    }
}
